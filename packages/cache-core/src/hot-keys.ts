import type { HotKey } from './hot-key-store.ts';

/** Demand halves in this time: so it tells of the last minutes, and of what nobody reads nothing is left. */
export const DEMAND_HALF_LIFE_MS = 300_000;
/** Demand below a quarter of a read, two half-lives after the only one, is no demand. */
export const MIN_READS = 0.25;
/** Keys that a store remembers. */
export const MAX_HOT_KEYS = 2_000;

/** Milliseconds of the origin's time that readers save by finding it. No load counts as shorter than 1 ms. */
export function expectedSavingOf({ reads, loadMs }: Pick<HotKey, 'reads' | 'loadMs'>): number {
  return reads * Math.max(1, loadMs);
}

/**
 * The reads to be expected in the next `ms`, if they go on as they were: a steady rate per millisecond r sums up to
 * r · half-life / ln 2 where older reads count by half each half-life.
 */
export function expectedReads({ reads }: Pick<HotKey, 'reads'>, ms: number): number {
  return (reads * ms * Math.LN2) / DEMAND_HALF_LIFE_MS;
}

/** Orders by expected saving, best first. */
export function bySaving(a: Pick<HotKey, 'reads' | 'loadMs'>, b: Pick<HotKey, 'reads' | 'loadMs'>): number {
  return expectedSavingOf(b) - expectedSavingOf(a);
}
