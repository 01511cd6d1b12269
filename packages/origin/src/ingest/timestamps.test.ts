import { describe, expect, test } from 'vitest';
import { FileTimes, parseDateOrder, type TimeOptions } from './file-times.ts';
import { parseTimeZone } from './time-zones.ts';
import { TimestampReader } from './timestamps.ts';

const reader = (options: Partial<TimeOptions> = {}) =>
  new TimestampReader(new FileTimes({ uploadedAt: new Date('2026-01-01T00:00:00Z'), ...options }));
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

describe('the zone of an upload', () => {
  test.each([
    ['UTC', 'UTC'],
    ['z', 'UTC'],
    ['+05:30', '+05:30'],
    ['-0800', '-08:00'],
    ['UTC+1', '+01:00'],
    ['europe/berlin', 'Europe/Berlin'],
    ['America/Argentina/Buenos_Aires', 'America/Buenos_Aires'],
  ])('%s is valid', (text, canonical) => {
    expect(parseTimeZone(text)).toBe(canonical);
  });

  test.each(['CST', 'IST', 'Europe/Atlantis', '+16:00', '+05:60', 'local', ''])('%s is refused', (text) => {
    expect(parseTimeZone(text)).toBeNull();
  });

  test.each([
    ['+05:30', '2024-01-15 10:30:45', '2024-01-15T05:00:45.000Z'],
    ['Europe/Berlin', '2024-01-15 10:30:45', '2024-01-15T09:30:45.000Z'],
    ['Europe/Berlin', '2024-07-15 10:30:45', '2024-07-15T08:30:45.000Z'],
    ['Europe/Berlin', '2024-03-31 01:59:59', '2024-03-31T00:59:59.000Z'],
    ['Europe/Berlin', '2024-03-31 03:00:00', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27 01:59:59', '2024-10-26T23:59:59.000Z'],
    ['Europe/Berlin', '2024-10-27 03:00:00', '2024-10-27T02:00:00.000Z'],
    ['Australia/Lord_Howe', '2024-04-07 01:29:59', '2024-04-06T14:29:59.000Z'],
    ['Europe/Berlin', '2024-01-15 10:30:45Z', SECOND],
    ['Asia/Shanghai', '2024-01-15 18:30:45 CST', SECOND],
    ['America/Chicago', '2024-01-15 04:30:45 CST', SECOND],
    ['Asia/Kolkata', '2024-01-15 16:00:45 IST', SECOND],
    ['Europe/Dublin', '2024-07-15 10:30:45 IST', '2024-07-15T09:30:45.000Z'],
  ])('in %s, %s is read', (timezone, written, instant) => {
    expect(reader({ timezone }).column(written)).toBe(instant);
  });

  test.each(['2024-03-31 02:30:00', '2024-10-27 02:30:00'])('%s is not certain in Berlin', (written) => {
    expect(reader({ timezone: 'Europe/Berlin' }).column(written)).toBeNull();
  });

  test('only the three date orders are valid', () => {
    expect(['dmy', ' MDY ', 'ymd', 'ydm', ''].map(parseDateOrder)).toEqual(['dmy', 'mdy', 'ymd', null, null]);
  });
});
