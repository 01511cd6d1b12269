import { expect, test } from 'vitest';
import { FileTimes } from './file-times.ts';
import { instantValue } from './instant-values.ts';
import { readOne } from './testing/read-all.ts';
import { TimestampReader } from './timestamps.ts';

const reader = new TimestampReader(new FileTimes({ uploadedAt: new Date('2026-03-02T00:00:00Z') }));

test.each([
  ['/Date(1772359200123)/', '2026-03-01T10:00:00.123Z'],
  ['/Date(1772359200123+0100)/', '2026-03-01T10:00:00.123Z'],
  [{ value: '/Date(1772359200123)/', DateTime: 'Sunday' }, '2026-03-01T10:00:00.123Z'],
  [{ $date: '2026-03-01T12:00:00.123+02:00' }, '2026-03-01T10:00:00.123Z'],
  [{ $date: { $numberLong: '1772359200123' } }, '2026-03-01T10:00:00.123Z'],
  [{ seconds: '1772359200', nanos: 5_000_000 }, '2026-03-01T10:00:00.005Z'],
  [{ epochSecond: 1772359200, nanoOfSecond: 123456789 }, '2026-03-01T10:00:00.123Z'],
  [{ date: '2026-03-01 10:00:00.123456', timezone_type: 3, timezone: 'UTC' }, '2026-03-01T10:00:00.123Z'],
  ['/Date(soon)/', null],
  [{ $date: { $date: { $date: { $date: '2026-03-01' } } } }, null],
  [[1772359200], null],
  [{}, null],
])('the instant %j is %j', (value, instant) => {
  expect(reader.column(instantValue(value))).toBe(instant);
});

test.each([
  [5_000_000, '2026-03-01T10:00:01.005Z'],
  ['soon', undefined],
])('timestampSeconds with timestampNanos %j is read', async (timestampNanos, instant) => {
  const columns = { severity: 'WARNING', timestampSeconds: 1772359201, timestampNanos };
  const { timestamp, fields } = (await readOne(JSON.stringify(columns))).record;
  expect(timestamp).toBe(instant);
  expect(fields).toEqual({ timestampSeconds: 1772359201, timestampNanos });
});
