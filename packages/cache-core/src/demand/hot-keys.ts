import type { HotKey } from '../ports/hot-key-store.ts';

/** Demand halves in this time: it reflects the last minutes, and the demand of an unread key vanishes. */
export const DEMAND_HALF_LIFE_MS = 300_000;
/** The minimum demand of a hot key: a single read falls below it after two half-lives. */
export const MIN_READS = 0.25;
/** The number of keys that a store remembers. */
export const MAX_HOT_KEYS = 2_000;

/** Returns the milliseconds of load time that readers save if the key is cached. A load counts as at least 1 ms. */
export function expectedSavingOf({ reads, loadMs }: Pick<HotKey, 'reads' | 'loadMs'>): number {
  return reads * Math.max(1, loadMs);
}

/**
 * Returns the expected reads in the next `ms` milliseconds at the current rate. With reads that count half after each
 * half-life, a steady rate of r reads per millisecond sums up to r · half-life / ln 2.
 */
export function expectedReads({ reads }: Pick<HotKey, 'reads'>, ms: number): number {
  return (reads * ms * Math.LN2) / DEMAND_HALF_LIFE_MS;
}

/** Compares by expected saving, the highest first. */
export function bySaving(a: Pick<HotKey, 'reads' | 'loadMs'>, b: Pick<HotKey, 'reads' | 'loadMs'>): number {
  return expectedSavingOf(b) - expectedSavingOf(a);
}
