import { expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';

const SYSLOG = 'Feb  6 12:14:00 lb systemd[1]: started';
const HAPROXY =
  'Feb  6 12:20:14 lb haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 ' +
  '10/0/30/69/109 503 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"';

test('a specific format that begins after 150 lines of a general one is found soon', async () => {
  const { summary } = await readAll(`${`${SYSLOG}\n`.repeat(150)}${`${HAPROXY}\n`.repeat(600)}`);
  const [first] = summary.formats;
  expect(first?.name).toBe('haproxy-http');
  expect(first?.records).toBeGreaterThanOrEqual(600 - 13);
});

test('a specific format that begins after 20,000 lines is found within 997 lines', async () => {
  const { summary } = await readAll(`${`${SYSLOG}\n`.repeat(20_000)}${`${HAPROXY}\n`.repeat(2_000)}`);
  const found = summary.formats.find(({ name }) => name === 'haproxy-http');
  expect(found?.records).toBeGreaterThanOrEqual(2_000 - 997);
});
