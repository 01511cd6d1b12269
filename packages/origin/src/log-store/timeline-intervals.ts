import type { TimelineInterval } from '@pilotlight/contracts';
import { BUCKET_WIDTHS, bucketStart, DAY_MS } from './bucket-widths.ts';
import type { ZoneClock } from './zone-clock.ts';

/** Divides the time into buckets. */
export interface Interval {
  readonly name: TimelineInterval;
  /** No bucket is longer, unless the clock is set back within it. */
  readonly maxMs: number;
  /** Yields the start of the bucket that contains an instant, then the start of each later bucket, without end. */
  starts(clock: ZoneClock, ms: number): Generator<number, never>;
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** 29 December 1969 was a Monday. */
const MONDAY_MS = -3 * DAY_MS;

const WIDTH_NAMES = ['1s', '5s', '10s', '30s', '1m', '5m', '10m', '30m', '1h', '3h', '12h', '1d'] as const;
const MONTHS = [
  ['1M', 1],
  ['1y', 12],
  ['10y', 120],
  ['100y', 1_200],
  ['1000y', 12_000],
] as const;

/** All intervals, from narrow to wide. */
export const INTERVALS: readonly Interval[] = [
  ...WIDTH_NAMES.map((name, index) => ofWidth(name, BUCKET_WIDTHS[index] ?? DAY_MS)),
  ofWidth('1w', WEEK_MS, MONDAY_MS),
  ...MONTHS.map(([name, months]) => ofMonths(name, months)),
];

function ofWidth(name: TimelineInterval, widthMs: number, originMs = 0): Interval {
  if (widthMs <= HOUR_MS) return { name, maxMs: widthMs, starts: (clock, ms) => narrowStarts(clock, widthMs, ms) };
  const startOf = (local: number): number => bucketStart(local - originMs, widthMs) + originMs;
  const starts = (clock: ZoneClock, ms: number) => wideStarts(clock, ms, startOf, (local) => local + widthMs);
  return { name, maxMs: widthMs, starts };
}

function ofMonths(name: TimelineInterval, months: number): Interval {
  const startOf = (local: number): number => monthStart(bucketStart(monthOf(local), months));
  const nextOf = (local: number): number => monthStart(monthOf(local) + months);
  return { name, maxMs: months * 31 * DAY_MS, starts: (clock, ms) => wideStarts(clock, ms, startOf, nextOf) };
}

/** Buckets of up to an hour: they begin at multiples of the width, and where the offset of the clock changes. */
function* narrowStarts(clock: ZoneClock, widthMs: number, ms: number): Generator<number, never> {
  let start = narrowStart(clock, widthMs, ms);
  for (;;) {
    yield start;
    start = narrowEnd(clock, widthMs, start);
  }
}

function narrowStart(clock: ZoneClock, widthMs: number, ms: number): number {
  const { offsetMs, fromMs } = clock.periodAt(ms);
  const start = bucketStart(ms + offsetMs, widthMs) - offsetMs;
  if (start >= fromMs) return start;
  const before = clock.periodAt(start);
  return before.offsetMs === offsetMs ? start : before.untilMs;
}

function narrowEnd(clock: ZoneClock, widthMs: number, start: number): number {
  const first = clock.periodAt(start);
  const end = bucketStart(start + first.offsetMs, widthMs) + widthMs - first.offsetMs;
  for (let period = first; period.untilMs < end; ) {
    const next = clock.periodAt(period.untilMs);
    if (next.offsetMs !== first.offsetMs) return period.untilMs;
    period = next;
  }
  return end;
}

/** Wider buckets: each begins when the clock first shows its local time. A bucket that the clock skips is left out. */
function* wideStarts(
  clock: ZoneClock,
  ms: number,
  startOf: (local: number) => number,
  nextOf: (local: number) => number,
): Generator<number, never> {
  let local = startOf(clock.localOf(ms));
  // If the clock was set back over this start, the next bucket has begun already.
  while (clock.firstAt(nextOf(local)) <= ms) local = nextOf(local);
  let start = clock.firstAt(local);
  for (;;) {
    yield start;
    const before = start;
    while (start <= before) {
      local = nextOf(local);
      start = clock.firstAt(local);
    }
  }
}

/** Returns the months since January of the year 0. */
function monthOf(localMs: number): number {
  const date = new Date(localMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthStart(month: number): number {
  // Date.UTC takes years below 100 as years of the 20th century.
  return new Date(0).setUTCFullYear(Math.floor(month / 12), month - 12 * Math.floor(month / 12), 1);
}
