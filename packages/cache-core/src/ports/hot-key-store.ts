import type { CacheKey } from '../model/key.ts';

/** How to compute an answer again without its reader: validated input, never code. */
export interface Recipe {
  readonly prefix: string;
  readonly name: string;
  readonly params: unknown;
}

/** How often a key was read since the last report. */
export interface Demand<Kind = Recipe> {
  readonly key: CacheKey;
  readonly recipe: Kind;
  readonly reads: number;
  /** Duration of the key's last load in milliseconds: the time each read would cost the origin without a cache. */
  readonly loadMs: number;
}

/** A key with its demand over all processes. `reads` halve every `DEMAND_HALF_LIFE_MS`. */
export type HotKey<Kind = Recipe> = Demand<Kind>;

/** Sums the demand of all processes per key. Bounded: beyond `MAX_HOT_KEYS` it forgets the keys with the fewest reads. */
export interface HotKeys<Kind = Recipe> {
  /** Adds the reads to the sum of each key, and replaces the key's recipe and load time. */
  add(demand: readonly Demand<Kind>[]): Promise<void>;
  /** Returns up to `limit` keys of these prefixes, those whose warming saves most first: see `expectedSavingOf`. */
  top(limit: number, prefixes: readonly string[]): Promise<HotKey<Kind>[]>;
  /** Returns the demand for one key, or null if it was not read lately. */
  find(key: CacheKey): Promise<HotKey<Kind> | null>;
  /** Removes keys whose recipe no process can compute any longer. */
  forget(keys: readonly CacheKey[]): Promise<void>;
}

/** Port: the store of the demand. A recipe is text to it: the cache encodes it, and encrypts it if it encrypts envelopes. */
export type HotKeyStore = HotKeys<string>;
