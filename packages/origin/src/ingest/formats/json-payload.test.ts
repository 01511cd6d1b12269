import { describe, expect, test } from 'vitest';
import { readOne } from '../testing/read-all.ts';

describe('JSON in a syslog message', () => {
  test('of the Common Event Expression is read, and wins over the priority', async () => {
    const line =
      '<14>1 2026-03-01T10:00:00.123Z web1 relay 71 - - @cee: {"msg":"declined","level":"err","p_app":"shop","host":"x"}';
    expect((await readOne(line)).record).toMatchObject({
      timestamp: '2026-03-01T10:00:00.123Z',
      level: 'ERROR',
      message: 'declined',
      service: 'relay',
      fields: { host: 'web1', inner_host: 'x', p_app: 'shop' },
    });
  });

  test('without a mark is read by its schema', async () => {
    const line =
      '<13>Mar  1 10:00:01 web1 shop[71]: {"level":50,"time":1772359200123,"pid":71,"hostname":"h","msg":"declined","req":{"url":"/pay"}}';
    expect((await readOne(line)).record).toMatchObject({
      level: 'ERROR',
      message: 'declined',
      service: 'shop',
      path: '/pay',
      fields: { inner_timestamp: '2026-03-01T10:00:00.123Z' },
    });
  });

  test.each(['{not json}', '{"a":1} trailing', '@cee: broken', '[1]'])('%s stays the message', async (message) => {
    const { record } = await readOne(`<14>1 2026-03-01T10:00:00.123Z web1 shop 71 - - ${message}`);
    expect(record).toMatchObject({ message, level: 'INFO', service: 'shop' });
  });
});

describe('logfmt in a syslog message', () => {
  test('is read if it has a level', async () => {
    const line = '2026-03-01T09:00:03Z web1 dockerd[9]: time="2026-03-01T09:00:03.1Z" level=warning msg="no swap" id=7';
    expect((await readOne(line)).record).toMatchObject({
      timestamp: '2026-03-01T09:00:03.000Z',
      level: 'WARN',
      message: 'no swap',
      service: 'dockerd',
      fields: { host: 'web1', pid: 9, id: '7', inner_timestamp: '2026-03-01T09:00:03.100Z' },
    });
  });

  test.each(['user=anna port=22', 'level=admin user=anna', 'set level=warn, then restart', 'level=3 user=anna'])(
    '%s stays the message',
    async (message) => {
      const { record } = await readOne(`<14>1 2026-03-01T10:00:00.123Z web1 shop 71 - - ${message}`);
      expect(record).toMatchObject({ message, level: 'INFO', service: 'shop' });
    },
  );
});

describe('an access line in a syslog message', () => {
  const request = '203.0.113.5 - anna [11/Mar/2025:09:00:01 +0000] "GET /lamp HTTP/1.1" 404 5 "-" "curl"';
  const read = { level: 'WARN', service: 'nginx', source: '203.0.113.5', path: '/lamp', status: 404, message: request };

  test.each([
    ['<190>1 2025-03-11T10:00:01.123456+01:00 web1 nginx - - - ', '2025-03-11T09:00:01.123Z'],
    ['<190>Mar 11 09:00:01 web1 nginx: ', '2025-03-11T09:00:01.000Z'],
    ['Mar  1 09:00:01 web1 nginx: ', '2025-03-01T09:00:01.000Z'],
    ['2025-03-11T09:00:01.5Z web1 nginx: ', '2025-03-11T09:00:01.500Z'],
  ])('after %j gives the request, and syslog the rest', async (header, timestamp) => {
    const { record } = await readOne(`${header}${request}`);
    expect(record).toMatchObject({ ...read, timestamp, fields: { host: 'web1', user: 'anna' } });
  });

  test.each(['shop.example', '2025-03-11T09:00:01.5Z'])('after %s is an access line', async (start) => {
    const { format, record } = await readOne(`${start} ${request}`);
    expect({ format, source: record.source }).toEqual({ format: 'apache-access', source: '203.0.113.5' });
  });
});
