import type { NewAuditRecord } from '@pilotlight/origin';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AuditLog } from './audit-log.ts';

const ENTRY = {
  action: 'deleteFile',
  token: 'ci',
  address: '203.0.113.9',
  request_id: 'r-1',
  path: '/api/files/x',
  input: null,
  status: 200,
  count: 1,
};

/** An audit log on a store that fails while `isDown`. */
function openLog() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const state = { isDown: false, rows: [] as NewAuditRecord[], lines: [] as string[] };
  const log = new AuditLog({
    store: {
      append: async (records) => {
        if (state.isDown) throw new Error('the database is down');
        state.rows.push(...records);
      },
      list: () => Promise.reject(new Error('not asked')),
      prune: () => Promise.resolve(0),
    },
    logger: pino({ level: 'info' }, { write: (line: string) => state.lines.push(JSON.parse(line).msg) }),
    bounds: { keptMs: 1, maxRecords: 1 },
    ready: () => Promise.resolve(),
  });
  return Object.assign(state, {
    log,
    audits: () => state.lines.filter((line) => line.startsWith('audit: deleteFile')),
  });
}

test('a record is a log line and a row', async () => {
  const { log, rows, lines } = openLog();
  log.record({ ...ENTRY, input: { prefix: 'a\nb' } });
  await log.close();
  expect(lines).toEqual([String.raw`audit: deleteFile /api/files/x {"prefix":"a\nb"} by ci from 203.0.113.9: 200`]);
  expect(rows).toEqual([{ ...ENTRY, input: { prefix: 'a\nb' }, at: expect.any(String) }]);
});

test('given a database that is down, each record is a line at once, and a row when it is back', async () => {
  const state = openLog();
  state.isDown = true;
  for (let i = 0; i < 3; i++) state.log.record(ENTRY);
  expect(state.audits()).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state.rows).toEqual([]);
  state.isDown = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state.rows).toHaveLength(3);
});

test('given a long outage, the last 1,000 rows wait and the log counts the others', async () => {
  const state = openLog();
  state.isDown = true;
  for (let i = 0; i < 1_500; i++) state.log.record({ ...ENTRY, path: String(i) });
  await vi.advanceTimersByTimeAsync(2_000);
  state.isDown = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state.rows.map(({ path }) => Number(path))).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 500));
  expect(state.audits()).toHaveLength(1_500);
  expect(state.lines.at(-1)).toContain('500 records are only in the log');
});

test('given a shutdown while the database is down, the log counts the lost rows', async () => {
  const state = openLog();
  state.isDown = true;
  for (let i = 0; i < 1_003; i++) state.log.record(ENTRY);
  await vi.advanceTimersByTimeAsync(2_000);
  state.lines.length = 0;
  await state.log.close();
  expect(state.lines.join()).not.toContain('wait for the database');
  expect(state.lines.at(-1)).toContain('1003 records are only in the log');
});

test('a token is recorded with its first use in an hour', async () => {
  const { log, rows } = openLog();
  for (let i = 0; i < 100; i++) log.used('ci', () => '203.0.113.9');
  log.used('ops', () => '203.0.113.9');
  await vi.advanceTimersByTimeAsync(3_600_000);
  log.used('ci', () => '203.0.113.10');
  await log.close();
  expect(rows.map(({ action, token, address }) => [action, token, address])).toEqual([
    ['useToken', 'ci', '203.0.113.9'],
    ['useToken', 'ops', '203.0.113.9'],
    ['useToken', 'ci', '203.0.113.10'],
  ]);
});

test('a flood of refused attempts makes two records per client and minute, and a bounded number for many clients', async () => {
  const { log, rows } = openLog();
  for (let i = 0; i < 50; i++) log.refused({ token: null, address: '203.0.113.9', status: 401 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rows.map(({ action, count }) => [action, count])).toEqual([
    ['refuseToken', 1],
    ['refuseToken', 49],
  ]);
  rows.length = 0;
  for (let i = 0; i < 5_000; i++) log.refused({ token: null, address: `client ${i}`, status: 401 });
  await log.close();
  expect(rows.length).toBeLessThanOrEqual(502);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
});
