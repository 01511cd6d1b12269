import type { CacheKey } from './key.ts';

/** How to compute an answer again, without its reader: validated input, never code. */
export interface Recipe {
  readonly prefix: string;
  readonly name: string;
  readonly params: unknown;
}

/** How often a key was asked for since the last report. */
export interface Demand<Kind = Recipe> {
  readonly key: CacheKey;
  readonly recipe: Kind;
  readonly reads: number;
  /** What its last load took, in milliseconds: what each of the reads would cost the origin if nothing were cached. */
  readonly loadMs: number;
}

/** A key with its demand over all processes. `reads` halve every `DEMAND_HALF_LIFE_MS`. */
export type HotKey<Kind = Recipe> = Demand<Kind>;

/** Where processes sum the demand per key. Bounded: beyond `MAX_HOT_KEYS`, the least read are forgotten. */
export interface HotKeys<Kind = Recipe> {
  /** Adds the reads to what is known of each key, and takes over its recipe and load time. */
  add(demand: readonly Demand<Kind>[]): Promise<void>;
  /** The keys of these prefixes whose warming saves most: see `expectedSavingOf`. Best first. */
  top(limit: number, prefixes: readonly string[]): Promise<HotKey<Kind>[]>;
  /** The demand for one key; null if it was not asked for lately. */
  find(key: CacheKey): Promise<HotKey<Kind> | null>;
  /** Forgets keys that no process can compute any more. */
  forget(keys: readonly CacheKey[]): Promise<void>;
}

/** What another store has to implement. A recipe is text to it: the cache encodes it, encrypted if envelopes are. */
export type HotKeyStore = HotKeys<string>;

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
