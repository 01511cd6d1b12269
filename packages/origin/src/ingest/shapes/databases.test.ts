import { describe, expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';

const QUERY = '# Query_time: 2.000123  Lock_time: 0.000012  Rows_sent: 1  Rows_examined: 100';
const USER = '# User@Host: shop[shop] @ localhost []';

const read = async (...lines: readonly string[]) =>
  (await readAll(`${lines.join('\n')}\n`, { uploadedAt: new Date('2026-04-01T00:00:00Z') })).records;

describe('the slow query log of MySQL and MariaDB', () => {
  test('ends where lines of the error log follow', async () => {
    const error = '2026-03-01T10:05:00.000000Z 0 [ERROR] [MY-010119] [Server] Aborting';
    const slow = ['# Time: 2026-03-01T10:00:00.123456Z', USER, QUERY, 'SET timestamp=1772359200;', 'SELECT', '1;'];
    expect(await read(...slow, error, error)).toMatchObject([
      { responseTimeMs: 2000.123, lineEnd: 6 },
      { level: 'ERROR', line: 7 },
      { level: 'ERROR', line: 8 },
    ]);
  });

  test('has one record per query, also if one Time line is for several', async () => {
    const query = (sql: string) => [
      USER,
      '# Thread_id: 9  Schema: shop  QC_hit: No',
      QUERY,
      'SET timestamp=1772359200;',
      sql,
    ];
    const records = await read('# Time: 260301 10:00:00', ...query('SELECT 1;'), ...query('SELECT 2;'));
    expect(records.map(({ line, lineEnd, timestamp }) => [line, lineEnd, timestamp])).toEqual([
      [1, 6, '2026-03-01T10:00:00.000Z'],
      [7, 11, '2026-03-01T10:00:00.000Z'],
    ]);
  });
});

test('MySQL pads the hour with a blank', async () => {
  const records = await read('260301  5:13:11 [ERROR] y', '260301 15:13:11 [ERROR] y');
  expect(records.map(({ timestamp }) => timestamp)).toEqual(['2026-03-01T05:13:11.000Z', '2026-03-01T15:13:11.000Z']);
});

test('Redis 3 writes no year, Redis 5 does', async () => {
  expect(await read('1:C 01 Mar 10:00:00.123 * y', '1:M 01 Mar 2026 10:00:00.123 # WARNING x')).toMatchObject([
    { timestamp: '2026-03-01T10:00:00.123Z', level: 'NOTICE', message: 'y' },
    { timestamp: '2026-03-01T10:00:00.123Z', level: 'WARN' },
  ]);
});
