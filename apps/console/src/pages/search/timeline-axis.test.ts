import { expect, test } from 'vitest';
import { axisFormat, ticksOf } from './timeline-axis.ts';

const MINUTE = 60_000;
const timeline = (from: string, bucketMs: number, buckets: number) =>
  Array.from({ length: buckets }, (_, i) => ({
    from: new Date(Date.parse(from) + i * bucketMs).toISOString(),
    to: new Date(Date.parse(from) + (i + 1) * bucketMs).toISOString(),
  }));
const utc = () => 0;

test('ticks are at round times, and none is too close to the end', () => {
  expect(ticksOf(timeline('2026-03-01T08:55:00Z', MINUTE / 2, 24), 8, utc)).toEqual({
    at: [2, 6, 10, 14, 18],
    stepMs: 2 * MINUTE,
  });
  expect(ticksOf(timeline('2026-03-01T08:30:00Z', 30 * MINUTE, 48), 8, utc)).toEqual({
    at: [1, 7, 13, 19, 25, 31, 37, 43],
    stepMs: 180 * MINUTE,
  });
});

test('ticks are round on the clock of the browser', () => {
  const halfPast = () => 330 * MINUTE;
  expect(ticksOf(timeline('2026-03-01T00:00:00Z', 30 * MINUTE, 6), 8, halfPast).at).toEqual([0, 1, 2, 3, 4, 5]);
  expect(ticksOf(timeline('2026-03-01T00:00:00Z', 30 * MINUTE, 12), 6, halfPast).at).toEqual([1, 3, 5, 7, 9]);
});

test('days and longer buckets are counted', () => {
  const day = 1_440 * MINUTE;
  expect(ticksOf(timeline('2026-03-01T00:00:00Z', day, 20), 8, utc)).toEqual({
    at: [0, 3, 6, 9, 12, 15, 18],
    stepMs: 3 * day,
  });
  expect(ticksOf([], 8, utc).at).toEqual([]);
});

test.for([
  [10_000, 60_000, '08:05:09'],
  [MINUTE, 600_000, '08:05'],
  [360 * MINUTE, 4 * 1_440 * MINUTE, '1 Mar, 08:05'],
  [3 * 1_440 * MINUTE, 20 * 1_440 * MINUTE, '1 Mar'],
  [40 * 1_440 * MINUTE, 400 * 1_440 * MINUTE, 'Mar 2026'],
  [400 * 1_440 * MINUTE, 9_000 * 1_440 * MINUTE, '2026'],
] as const)('a step of %i ms in %i ms is labelled like %s', ([stepMs, lengthMs, label]) => {
  const options = { ...axisFormat(stepMs, lengthMs), timeZone: 'UTC' };
  expect(new Intl.DateTimeFormat('en-GB', options).format(new Date('2026-03-01T08:05:09Z'))).toBe(label);
});
