import { describe, expect, test } from 'vitest';
import { TimestampReader } from './timestamps.ts';
import { YearInference } from './year-inference.ts';

const reader = () => new TimestampReader(new YearInference(new Date('2026-01-01T00:00:00Z')));
const MOMENT = '2024-01-15T10:30:45.123Z';
const SECOND = '2024-01-15T10:30:45.000Z';
const MINUTE = '2024-01-15T10:30:00.000Z';

describe('timestamps', () => {
  test.each([
    ['2024-01-15T10:30:45.123Z', MOMENT],
    ['2024-01-15 10:30:45,123456789', MOMENT],
    ['2024/01/15 10:30:45.123 UTC', MOMENT],
    ['2024-01-15T12:00:45.123+01:30', MOMENT],
    ['2024-01-15T05:30:45.123-0500', MOMENT],
    ['2024-01-15 12:30:45.123+02', MOMENT],
    ['2024-01-15 11:30:45.123 CET', MOMENT],
    ['20240115T103045Z', SECOND],
    ['240115 103045', SECOND],
    ['24/01/15 10:30:45', SECOND],
    ['15/Jan/2024:10:30:45 +0000', SECOND],
    ['Mon, 15 Jan 2024 10:30:45 GMT', SECOND],
    ['Mon Jan 15 10:30:45 2024', SECOND],
    ['Mon Jan 15 10:30:45.123 UTC 2024', MOMENT],
    ['Jan 15 2024 10:30:45', SECOND],
    ['Jan 15 10:30:45', '2025-01-15T10:30:45.000Z'],
    ['2024-01-15 10:30', MINUTE],
    ['2024-01-15', '2024-01-15T00:00:00.000Z'],
    ['1705314645', SECOND],
    ['1705314645.123', MOMENT],
    ['1705314645123', MOMENT],
    ['1705314645123456', MOMENT],
    [1705314645.123, MOMENT],
    [1705314645123, MOMENT],
    ['2024-02-29 23:59:60', '2024-03-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is an instant', (written, instant) => {
    expect(reader().column(written)).toBe(instant);
  });

  test.each([
    '2023-02-29 10:00:00',
    '2024-13-01T00:00:00Z',
    '2024-01-15 25:00:00',
    '2024-01-15 10:60:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '42',
    'soon',
    '',
    '2024-01-15 and more',
    'Foo 15 10:30:45',
    42,
    Number.NaN,
    null,
    true,
    {},
  ])('%s is not an instant', (written) => {
    expect(reader().column(written)).toBeNull();
  });

  test('earlier timestamps never change how the next one is read', () => {
    const written = [
      '2024-01-15 10:30:45',
      'Jan 15 10:30:45',
      '2024-01-16 10:30:45',
      'Feb 30 10:30:45',
      '24/01/15 10:30:45',
    ];
    const alone = written.map((text) => reader().column(text));
    const together = reader();
    for (let turn = 0; turn < 3; turn++) expect(written.map((text) => together.column(text))).toEqual(alone);
  });
});
