import type { Bucket } from './search-types.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Distances of labels on a clock. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 4, 7, 14, 28].map((n) => n * DAY_MS),
];

/** The labels of a timeline. */
export interface Ticks {
  /** The buckets whose beginnings are labelled. */
  readonly at: readonly number[];
  /** The time between two labels, in ms. */
  readonly stepMs: number;
}

/** Returns the difference of the clock of the browser to UTC, in ms. */
function clockOffset(instant: number): number {
  return -new Date(instant).getTimezoneOffset() * MINUTE_MS;
}

/**
 * Returns about `max` ticks or fewer, at round times of the clock. Days and longer buckets are counted instead, because months and years
 * have no equal lengths.
 */
export function ticksOf(timeline: readonly Pick<Bucket, 'from' | 'to'>[], max: number, offsetOf = clockOffset): Ticks {
  const [first, last] = [timeline[0], timeline.at(-1)];
  if (first === undefined || last === undefined) return { at: [], stepMs: 0 };
  const bucketMs = Date.parse(first.to) - Date.parse(first.from);
  const lengthMs = Date.parse(last.to) - Date.parse(first.from);
  const stepMs = STEPS_MS.find((step) => step >= bucketMs && lengthMs / step <= max);
  const isCounted = stepMs === undefined || bucketMs >= 0.9 * DAY_MS;
  const step = isCounted ? Math.ceil(timeline.length / max) : stepMs / bucketMs;
  const at = timeline.flatMap(({ from }, i) => {
    const instant = Date.parse(from);
    const isTick = isCounted ? i % step === 0 : (instant + offsetOf(instant)) % stepMs === 0;
    // The label of a tick begins at the tick, so the last one needs room.
    return isTick && i + step * 0.6 <= timeline.length ? [i] : [];
  });
  return { at, stepMs: isCounted ? step * bucketMs : stepMs };
}

/** Returns how the beginnings of the ticks are written. */
export function axisFormat(stepMs: number, lengthMs: number): Intl.DateTimeFormatOptions {
  if (stepMs < MINUTE_MS) return { hour: '2-digit', minute: '2-digit', second: '2-digit' };
  if (lengthMs <= DAY_MS) return { hour: '2-digit', minute: '2-digit' };
  if (stepMs < DAY_MS) return { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  if (lengthMs <= 330 * DAY_MS) return { day: 'numeric', month: 'short' };
  if (stepMs < 330 * DAY_MS) return { month: 'short', year: 'numeric' };
  return { year: 'numeric' };
}
