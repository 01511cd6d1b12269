import { BUCKET_WIDTHS, bucketStart, DAY_MS, fits } from './bucket-widths.ts';

/** A timeline has at most this many buckets, and needs buckets of the files that are not wider than its own. */
export const MAX_TIMELINE_BUCKETS = 60;

const WEEK_MS = 7 * DAY_MS;
/** 29 December 1969 was a Monday. */
const MONDAY_MS = -3 * DAY_MS;

/** Widths beyond a week, in months. */
const MONTHS = [1, 12, 120, 1_200, 12_000] as const;

/**
 * Returns the bounds of the timeline's buckets, in ms: one more than buckets. The buckets are as narrow as at most 60 of them allow:
 * 1, 5, 10, 30 s, 1, 5, 10, 30 min, 1, 3, 12 h, a day, a week from Monday, a month, or 1, 10, 100, 1,000 years. They begin at full
 * units of UTC. The first contains `firstMs`, the last `lastMs`.
 */
export function timelineBounds(firstMs: number, lastMs: number): number[] {
  const span = { firstMs, lastMs };
  const width = BUCKET_WIDTHS.find((each) => fits(span, each, MAX_TIMELINE_BUCKETS));
  if (width !== undefined) return equalBounds(bucketStart(firstMs, width), lastMs, width);
  const monday = bucketStart(firstMs - MONDAY_MS, WEEK_MS) + MONDAY_MS;
  if (lastMs < monday + MAX_TIMELINE_BUCKETS * WEEK_MS) return equalBounds(monday, lastMs, WEEK_MS);
  for (const months of MONTHS) {
    const bounds = monthBounds(firstMs, lastMs, months);
    if (bounds.length <= MAX_TIMELINE_BUCKETS + 1) return bounds;
  }
  throw new RangeError(`expected instants of the years 1 to 9999, got ${firstMs} to ${lastMs}`);
}

function equalBounds(startMs: number, lastMs: number, widthMs: number): number[] {
  const count = Math.floor((lastMs - startMs) / widthMs) + 1;
  return Array.from({ length: count + 1 }, (_, index) => startMs + index * widthMs);
}

/** Stops after one bucket too many. */
function monthBounds(firstMs: number, lastMs: number, months: number): number[] {
  const first = new Date(firstMs);
  const start = bucketStart(first.getUTCFullYear() * 12 + first.getUTCMonth(), months);
  const bounds = [monthMs(start)];
  for (let index = start + months; (bounds.at(-1) ?? 0) <= lastMs && bounds.length <= 61; index += months) {
    bounds.push(monthMs(index));
  }
  return bounds;
}

/** Returns the start of a month, counted from January of the year 0. */
function monthMs(index: number): number {
  // Date.UTC takes years below 100 as years of the 20th century.
  return new Date(0).setUTCFullYear(Math.floor(index / 12), index - 12 * Math.floor(index / 12), 1);
}
