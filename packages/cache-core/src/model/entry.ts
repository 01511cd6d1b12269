import type { Scope } from './scope.ts';
import type { Encoding } from './variant.ts';

/**
 * The position of the invalidation log that the process had applied when a load began. Positions of different epochs are not
 * comparable.
 */
export interface Stamp {
  readonly epoch: number;
  readonly asOf: number;
}

/**
 * When an entry may be served. All members are instants in milliseconds since 1970.
 *
 *     loadedAt ──────── freshUntil ──────── revalidateUntil ──────── staleUntil
 *       fresh: served      stale: served while      servable only if the
 *                          it is reloaded           origin fails or is slow
 *
 * `staleUntil` is the last of them: the entry is not served after it.
 */
export interface Lifetime {
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly staleUntil: number;
}

/** A cached answer, decoded. Readers share its bytes, so no code writes to them. */
export interface Entry extends Stamp, Lifetime {
  /** The answer as UTF-8 JSON; empty for `undefined`. */
  readonly body: Buffer;
  /** The body in the content coding that a shared tier stores it in. Missing if it is stored in none that HTTP has a name for. */
  readonly encoded?: { readonly encoding: Encoding; readonly bytes: Buffer };
  /** Strong validator of `body`, without quotes. */
  readonly etag: string;
  readonly tags: readonly string[];
  /** The part of the data that the entry depends on; null if it depends on all data. */
  readonly scope: Scope | null;
  /** Duration of the load in milliseconds: the time that a hit saves. */
  readonly loadMs: number;
}

/** An entry of a loaded answer. Its entity tag is computed when a reader, HTTP or the shared tier, needs it. */
export type LoadedEntry = Omit<Entry, 'etag'>;

/** Compares stamps by epoch, then position. Returns a negative number if `a` is older. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.epoch - b.epoch || a.asOf - b.asOf;
}
