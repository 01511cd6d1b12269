import { describe, expect, test } from 'vitest';
import { readAll } from './testing/read-all.ts';

async function timesOf(lines: readonly string[]): Promise<unknown[]> {
  const { records } = await readAll(`${lines.map((time) => `${time} INFO a: m`).join('\n')}\n`);
  return records.map(({ timestamp, fields }) => timestamp ?? fields);
}

describe('dates in digits', () => {
  test.each([
    ['a later day above 12', ['01/03/2025 10:00:00', '13/03/2025 10:00:00'], '2025-03-01T10:00:00.000Z'],
    ['a later month above 12', ['01/03/2025 10:00:00', '01/13/2025 10:00:00'], '2025-01-03T10:00:00.000Z'],
    [
      'the next line, which is minutes later',
      ['01/03/2025 23:59:00', '02/03/2025 00:01:00'],
      '2025-03-01T23:59:00.000Z',
    ],
    [
      'the line before, which has its year first',
      ['2025-03-01 09:59:00', '01/03/2025 10:00:00'],
      '2025-03-01T09:59:00.000Z',
    ],
    [
      'the upload, which was before February',
      ['01/12/2025 10:00:00', '02/01/2026 10:00:00'],
      '2025-12-01T10:00:00.000Z',
    ],
    [
      'a year that comes first and grows by a day',
      ['01/03/26 23:59:00', '01/03/27 00:01:00'],
      '2001-03-26T23:59:00.000Z',
    ],
    [
      'the last line with a year first, behind other kinds',
      ['01-03-2025 10:00:00', '2025-03-01 09:59:00', '01/03/2025 10:00:00', '01-03-2025 10:00:00'],
      '2025-03-01T10:00:00.000Z',
    ],
  ])('are read in the order that the file proves by %s', async (_proof, lines, first) => {
    const times = await timesOf(lines);
    expect(times[0]).toBe(first);
    expect(times.every((time) => typeof time === 'string')).toBe(true);
  });

  test('without a proof have no time', async () => {
    expect(await timesOf(['01/03/2025 10:00:00', '01/03/2025 10:00:01'])).toEqual([
      { time: '01/03/2025 10:00:00', date_ambiguous: '01/03/2025' },
      { time: '01/03/2025 10:00:01', date_ambiguous: '01/03/2025' },
    ]);
  });

  test('of a file that proves both orders have a time only where their numbers allow one', async () => {
    expect(await timesOf(['01/03/2025 10:00:00', '13/03/2025 10:00:00', '03/14/2025 10:00:00'])).toEqual([
      { time: '01/03/2025 10:00:00', date_ambiguous: '01/03/2025' },
      '2025-03-13T10:00:00.000Z',
      '2025-03-14T10:00:00.000Z',
    ]);
  });

  test('are proven by a line far behind the first piece of the file', async () => {
    const lines = Array.from({ length: 3_000 }, () => '01/03/2025 10:00:00');
    expect((await timesOf([...lines, '13/03/2025 10:00:00']))[0]).toBe('2025-03-01T10:00:00.000Z');
  });
});
