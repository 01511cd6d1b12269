import type { Stamp } from '../entry.ts';

/**
 * A tier that processes share: untrusted bytes under keys, each with a time to live. Rejects with `Unreachable` within
 * a bounded time. Losing it costs time, never truth.
 */
export interface SharedTier {
  /** The bytes under a key; null: none. */
  get(key: string): Promise<Buffer | null>;
  /** The bytes under each key, in their order: one round trip to each server that holds some of them. */
  getMany(keys: readonly string[]): Promise<(Buffer | null)[]>;
  /** Compare-and-set: stores an envelope unless one with a newer stamp is there. Answers whether it did. */
  fill(key: string, envelope: Buffer, stamp: Stamp, ttlMs: number): Promise<boolean>;
  /** Answers whether it was there. */
  remove(key: string): Promise<boolean>;
  /**
   * Removes the entries of a prefix (null: all), those of keys with a version included, that were loaded before the stamp,
   * in bounded batches. Answers how many.
   * Entries filled meanwhile stay.
   */
  reclaim(prefix: string | null, before: Stamp): Promise<number>;
  /** Of these keys, removes the entries that were loaded before the stamp. Answers how many. Entries filled meanwhile stay. */
  reclaimKeys(keys: readonly string[], before: Stamp): Promise<number>;
  /** The keys of a prefix (null: all), those with a version included, in bounded batches; one may come twice, one that is written meanwhile may be missed. */
  scan(prefix: string | null): AsyncIterable<readonly string[]>;
  /** How many milliseconds a key has to live; null when it is not there. */
  ttlMs(key: string): Promise<number | null>;
}
