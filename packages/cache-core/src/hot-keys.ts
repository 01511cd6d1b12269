import type { CacheKey } from './key.ts';

/** How to compute an answer again, without its reader: validated input, never code. */
export interface Recipe {
  readonly prefix: string;
  readonly name: string;
  readonly params: unknown;
}

/** How often a key was asked for since the last report. */
export interface Demand {
  readonly key: CacheKey;
  readonly recipe: Recipe;
  readonly reads: number;
  /** What its last load took, in milliseconds: what each of the reads would cost the origin if nothing were cached. */
  readonly loadMs: number;
}

/** A key with its demand over all processes. `reads` halve every `DEMAND_HALF_LIFE_MS`. */
export type HotKey = Demand;

/** Where processes sum the demand per key. Bounded: beyond `MOST_HOT_KEYS`, the least read are forgotten. */
export interface HotKeyStore {
  /** Adds the reads to what is known of each key, and takes over its recipe and load time. */
  add(demand: readonly Demand[]): Promise<void>;
  /** The keys of these prefixes whose warming saves most: see `expectedSavingOf`. Best first. */
  top(limit: number, prefixes: readonly string[]): Promise<HotKey[]>;
  /** What is known of one key; null: nobody has asked for it lately. */
  find(key: CacheKey): Promise<HotKey | null>;
  /** Forgets keys: nobody can compute them any more. */
  forget(keys: readonly CacheKey[]): Promise<void>;
}

/** Demand halves in this time: so it tells of the last minutes, and of what nobody reads nothing is left. */
export const DEMAND_HALF_LIFE_MS = 300_000;
/** Demand below a quarter of a read, two half-lives after the only one, is no demand. */
export const LEAST_READS = 0.25;
/** Keys that a store remembers. */
export const MOST_HOT_KEYS = 2_000;
/** A key whose recipe is longer as JSON is never noted, and so never warmed. */
export const MOST_RECIPE_BYTES = 2_048;

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
export function bySaving(a: HotKey, b: HotKey): number {
  return expectedSavingOf(b) - expectedSavingOf(a);
}
