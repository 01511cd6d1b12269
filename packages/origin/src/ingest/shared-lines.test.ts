import { describe, expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';

/** Reads the lines of requests of several senders, as the file of a stream holds them. */
const read = async (...requests: readonly string[]) =>
  (await readAll(requests.map((lines) => `${lines}\n`).join(''), { isOfStream: true })).records;

describe('lines of several senders in one stream are read as those of one file', () => {
  test('a header holds for the rows after it of every sender, until the next one', async () => {
    const [a, b] = ['#Fields: date time cs-uri-stem sc-status', '#Fields: date time sc-status cs-uri-stem'];
    const records = await read(`${a}\n2026-03-01 10:00:00 /a 200`, `${b}\n2026-03-01 10:00:01 500 /b`);
    expect(records.map(({ path, status }) => [path, status])).toEqual([
      ['/a', 200],
      ['/b', 500],
    ]);
    const [, row] = await read(`${a}\n2026-03-01 10:00:00 /a 200`, '2026-03-01 10:00:01 /of-another 404');
    expect([row?.path, row?.status]).toEqual(['/of-another', 404]);
  });

  test('a proven order of day and month holds for all, and without a proof no time is read', async () => {
    const line = '03/04/2025 10:00:00 INFO pay: paid';
    const [, other] = await read('25/03/2025 10:00:00 INFO cart: opened', line);
    expect(other?.timestamp).toBe('2025-04-03T10:00:00.000Z');
    const [alone] = await read(line);
    expect(alone?.timestamp).toBe(null);
  });
});
