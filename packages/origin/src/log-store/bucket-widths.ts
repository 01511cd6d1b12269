const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Widths of the buckets of a file, in ms. Each divides the next one and a day, so narrow buckets merge into wider ones,
 * and every bucket lies within one UTC day.
 */
export const BUCKET_WIDTHS = [
  SECOND_MS,
  5 * SECOND_MS,
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
] as const;

/** Returns the start of the bucket that contains an instant, in ms since 1970. */
export function bucketStart(atMs: number, widthMs: number): number {
  return Math.floor(atMs / widthMs) * widthMs;
}

/** Returns the next wider width, or null after a day. */
export function widerThan(widthMs: number): number | null {
  return BUCKET_WIDTHS.find((width) => width > widthMs) ?? null;
}

/** Returns whether at most `max` aligned buckets of this width cover the instants from `firstMs` to `lastMs`. */
export function fits({ firstMs, lastMs }: { firstMs: number; lastMs: number }, widthMs: number, max: number): boolean {
  return (bucketStart(lastMs, widthMs) - bucketStart(firstMs, widthMs)) / widthMs < max;
}
