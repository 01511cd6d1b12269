import { expect, test } from 'vitest';
import { readOne } from '../testing/read-all.ts';

test.each([
  '1 2026-03-01T10:00:00Z web1 nginx - - - 203.0.113.5 - anna [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5',
  '2026-03-01 10:00:00 web1 nginx: 203.0.113.5 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5',
])('a time of syslog is not the client of a request: %s', async (line) => {
  expect([null, '203.0.113.5']).toContain((await readOne(line)).record.source ?? null);
});

test.each([
  'ERROR logs.example.com:514 unreachable',
  'WARNING files.example.com:445 refused',
  'ERROR db.internal:88 unreachable',
])('a host and its port are not a logger and its line: %s', async (line) => {
  const { record } = await readOne(line);
  expect(record).not.toHaveProperty(['fields', 'code_line']);
  expect(record.message).toMatch(/\w+\.[\w.]+:\d+ \w+$/);
});

test('a host with a colon before a tag of Cisco is a host', async () => {
  expect((await readOne('<189>Mar  1 10:00:00 10.1.1.1: %SYS-5-X: y')).record).toMatchObject({
    level: 'NOTICE',
    message: 'y',
    fields: { host: '10.1.1.1' },
  });
});

test.each(['criteo1', 'error-proxy', 'warner'])('the host %s of journalctl is not a level', async (host) => {
  const { record } = await readOne(`1772359200.123456 ${host} sshd[12]: Accepted publickey for anna`);
  expect(record).toMatchObject({ service: 'sshd', fields: { host } });
});

test('a level of one letter in a syslog message is not one', async () => {
  const { record } = await readOne('<11>Mar  1 10:00:00 h game[1]: level=c user=anna');
  expect(record).toMatchObject({ level: 'ERROR', message: 'level=c user=anna' });
});
