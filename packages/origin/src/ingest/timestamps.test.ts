import { describe, expect, test } from 'vitest';
import { type DateOrder, parseDateOrder } from './date-orders.ts';
import { FileTimes, type TimeOptions } from './file-times.ts';
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
    ['2024-01-15T10:30Z', MINUTE],
    ['2024-01-15  5:30:45', '2024-01-15T05:30:45.000Z'],
    ['2024/1/15 10:30:45', SECOND],
    ['2024-01-15T10:30:45.1234567Z', MOMENT],
    ['2024-01-15 10:30:45:123', MOMENT],
    ['20240115T113045+0100', SECOND],
    ['2024-W03-1T10:30:45Z', SECOND],
    ['2024W031T10:30:45Z', SECOND],
    ['2020-W53-5T00:00:00Z', '2021-01-01T00:00:00.000Z'],
    ['2026-W01-1T00:00:00Z', '2025-12-29T00:00:00.000Z'],
    ['2024-015T10:30:45Z', SECOND],
    ['2024-366T10:30:45Z', '2024-12-31T10:30:45.000Z'],
    ['15 Jan 2024 10:30:45.123', MOMENT],
    ['15 Jan 10:30:45.123', '2025-01-15T10:30:45.123Z'],
    ['Jan 15, 2024 10:30:45 AM', SECOND],
    ['January 15, 2024 10:30:45 AM', SECOND],
    ['Monday, January 15, 2024 at 10:30:45 AM UTC', SECOND],
    ['Mon Jan 15 10:30:45 AM UTC 2024', SECOND],
    ['Mon 15 Jan 2024 10:30:45 AM UTC', SECOND],
    ['Mon Jan 15 2024 11:30:45 GMT+0100', SECOND],
    ['2024-01-15-10.30.45.123456', MOMENT],
    ['20240115-10:30:45:123', MOMENT],
    ['20240115-9:3:7:44', '2024-01-15T09:03:07.044Z'],
    ['1.705314645123e+09', MOMENT],
    ['/Date(1705314645123+0100)/', MOMENT],
    ['2024-01-15 10:30:45 AM', SECOND],
    ['2024-01-15 12:30:45 AM', '2024-01-15T00:30:45.000Z'],
    ['2024-01-15 12:30:45 PM', '2024-01-15T12:30:45.000Z'],
    ['2024-01-15 02:30:45 PM', '2024-01-15T14:30:45.000Z'],
    ['2024-01-15 14:30:45 PM', '2024-01-15T14:30:45.000Z'],
    ['2024-01-15 02:30:45PM', '2024-01-15T14:30:45.000Z'],
    ['2024-01-15 2:30 p.m.', '2024-01-15T14:30:00.000Z'],
    ['2024-01-15 02:30:45\u202fPM', '2024-01-15T14:30:45.000Z'],
    ['2024-01-15 02:30:45.123 pm +01:00', '2024-01-15T13:30:45.123Z'],
    ['1/15/2024 2:30:45 PM', '2024-01-15T14:30:45.000Z'],
    ['1/5/2024, 2:30:45 PM', '2024-01-05T14:30:45.000Z'],
    ['01/05/2024, 10:30:45 AM', '2024-01-05T10:30:45.000Z'],
    ['15/1/2024 2:30:45 PM', '2024-01-15T14:30:45.000Z'],
    ['5/01/2024 2:30:45 PM', '2024-01-05T14:30:45.000Z'],
    ['15/01/2024 10:30:45', SECOND],
    ['01-15-2024 10:30:45', SECOND],
    ['02/02/2024 10:30:45', '2024-02-02T10:30:45.000Z'],
    ['05.01.2024 10:30:45', '2024-01-05T10:30:45.000Z'],
    ['05.01.24 10:30:45,123', '2024-01-05T10:30:45.123Z'],
    ['01/15/24 10:30:45', SECOND],
    ['17/06/09 20:10:40', '2017-06-09T20:10:40.000Z'],
    ['2024-01-15T16:00:45.123+0530', MOMENT],
    ['2024-01-15T16:15:45.123+0545', MOMENT],
    ['2024-01-15 17:30:45.123 +07', MOMENT],
    ['2024-01-15 11:30:45.123 UTC+1', MOMENT],
    ['2024-01-15 05:30:45.123 GMT-05:00', MOMENT],
    ['2024-01-15 05:30:45.123 America/New_York', MOMENT],
    ['2024-07-15 06:30:45.123 America/New_York', '2024-07-15T10:30:45.123Z'],
    ['2024-01-15T11:30:45.123+01:00[Europe/Berlin]', MOMENT],
    ['2024-01-15T11:30:45.123[Europe/Berlin]', MOMENT],
    ['2024-01-15 16:00:45.123 +0530 IST', MOMENT],
    ['2024-01-15 11:30:45.123 (CET)', MOMENT],
    ['2024-01-15 19:30:45.123 JST', MOMENT],
    ['2024-01-15 04:30:45.123 CST', MOMENT],
    ['2024-07-15 11:30:45.123 BST', '2024-07-15T10:30:45.123Z'],
    ['2024-01-15 20:00:45.123 ACST', '2024-01-15T10:30:45.123Z'],
    ['2024-01-15 07:00:45.123 NST', MOMENT],
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
    '2025-W53-1T00:00:00Z',
    '2025-W00-1T00:00:00Z',
    '2025-366T00:00:00Z',
    '2025-000T00:00:00Z',
    '2024-01-15 14:30:45 AM',
    '2024-01-15 00:30:45 PM',
    '32/01/2024 10:30:45',
    '13/13/2024 10:30:45',
    '30/02/2024 10:30:45',
    '2024-01-15 10:30:45 +99',
    '/Date(x)/',
    42,
    Number.NaN,
    null,
    true,
    {},
  ])('%s is not an instant', (written) => {
    expect(reader().column(written)).toBeNull();
  });

  test.each([
    ['2024-01-15 10:30:45 IST', { zone_ambiguous: 'IST' }],
    ['2024-01-15 10:30:45 AST', { zone_ambiguous: 'AST' }],
    ['2024-01-15 10:30:45 Europe/Atlantis', { zone_ambiguous: 'Europe/Atlantis' }],
    ['Mon Jan 15 10:30:45 XYZ 2024', { zone_ambiguous: 'XYZ' }],
    ['2024-11-03 01:30:00 America/New_York', { zone_ambiguous: 'America/New_York' }],
    ['05/01/2024 10:30:45', { date_ambiguous: '05/01/2024' }],
    ['05-01-2024 10:30:45', { date_ambiguous: '05-01-2024' }],
    ['01/03/26 10:30:45', { date_ambiguous: '01/03/26' }],
    ['5/1/2024, 2:30:45 pm', { date_ambiguous: '5/1/2024' }],
  ])('%s is a time that is not certain', (written, doubt) => {
    expect(reader().columnTime(written)).toEqual({
      iso: null,
      end: written.length,
      doubt: { time: written, ...doubt },
    });
  });

  test.each([
    'INFO',
    'Info',
    'LOG',
    'MAIN',
    'PM2',
    'pm2',
    'GET',
    'EAT=3',
    'ESTABLISHED',
    'US',
    'am9',
    'zone',
    'Etc',
    '-',
    'Zed',
  ])('the word %s after a time is not a zone', (word) => {
    expect(reader().prefix(`2024-01-15 10:30:45 ${word} message`, 0)).toEqual({ iso: SECOND, end: 19, doubt: null });
  });

  test.each<[DateOrder, string, string | null]>([
    ['dmy', '05/01/2024 10:30:45', '2024-01-05T10:30:45.000Z'],
    ['mdy', '05/01/2024 10:30:45', '2024-05-01T10:30:45.000Z'],
    ['mdy', '05.01.2024 10:30:45', '2024-05-01T10:30:45.000Z'],
    ['dmy', '01/03/26 10:30:45', '2026-03-01T10:30:45.000Z'],
    ['ymd', '01/03/26 10:30:45', '2001-03-26T10:30:45.000Z'],
    ['mdy', '15/01/2024 10:30:45', null],
    ['dmy', '2024-01-15 10:30:45', SECOND],
  ])('with the order %s, %s is %s', (dateOrder, written, instant) => {
    expect(reader({ dateOrder }).column(written)).toBe(instant);
  });

  test('earlier timestamps never change how the next one is read', () => {
    const written = [
      '2024-01-15 10:30:45',
      'Jan 15 10:30:45',
      '2024-01-16 10:30:45',
      'Feb 30 10:30:45',
      '24/01/15 10:30:45',
      '2024-01-15 10:30:45 IST',
      '20240115-9:3:7:44',
      'Mon Jan 15 10:30:45 2024',
      '1/5/2024 2:30:45 PM',
      '1/5/2024 2:30:45',
      '2024-01-15T10:30:45+01:00',
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
