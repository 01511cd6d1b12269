import type { Stamp } from '../model/entry.ts';

/**
 * A tier that processes share: untrusted bytes under keys, each with a time to live. Methods reject with `Unreachable`
 * within a bounded time. Losing the tier costs time, never correctness.
 */
export interface SharedTier {
  /**
   * Returns the bytes under a key, or null if there are none. The calls of one turn of the event loop go out together: one round
   * trip to each server that holds some of their keys, as far as their bytes fit into one command.
   */
  get(key: string): Promise<Buffer | null>;
  /**
   * As `get` of each key, in their order and with one promise for all. A key whose server does not answer has its error in place of the
   * bytes. Optional: without it the cache calls `get` for each key.
   */
  getMany?(keys: readonly string[]): Promise<readonly (Buffer | null | Error)[]>;
  /** Compare-and-set: stores an envelope unless one with a newer stamp exists. Returns true if it was stored. */
  fill(key: string, envelope: Buffer, stamp: Stamp, ttlMs: number): Promise<boolean>;
  /** Returns true if the key existed. */
  remove(key: string): Promise<boolean>;
  /**
   * Removes the entries of a prefix (null for all) that were loaded before the stamp, including those of versioned keys,
   * in bounded batches. Entries that are filled meanwhile stay. Returns the number of removed entries.
   */
  reclaim(prefix: string | null, before: Stamp): Promise<number>;
  /**
   * Removes those of these keys' entries that were loaded before the stamp. Entries that are filled meanwhile stay.
   * Returns the number of removed entries.
   */
  reclaimKeys(keys: readonly string[], before: Stamp): Promise<number>;
  /**
   * Yields the keys of a prefix (null for all), including versioned ones, in bounded batches. A key may come twice, and a
   * key that is written meanwhile may be missing.
   */
  scan(prefix: string | null): AsyncIterable<readonly string[]>;
  /** Returns the key's time to live in ms, or null if it does not exist. */
  ttlMs(key: string): Promise<number | null>;
}
