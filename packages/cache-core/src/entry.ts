import type { Scope } from './scope.ts';

/** How much of the invalidation log was applied when a load began. Positions of different epochs don't compare. */
export interface Stamp {
  readonly epoch: number;
  readonly asOf: number;
}

/**
 * When an entry may be served: instants, milliseconds since 1970.
 *
 *     loadedAt ──────── freshUntil ──────── revalidateUntil ──────── staleUntil
 *       fresh: served      stale: served while      servable only if the
 *                          it is reloaded           origin fails or is slow
 *
 * `staleUntil` is the last of them: nothing is served after it.
 */
export interface Lifetime {
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly staleUntil: number;
}

/** A stored answer, decoded. Bytes are shared between readers: never written to. */
export interface Entry extends Stamp, Lifetime {
  /** The answer as UTF-8 JSON; empty for `undefined`. */
  readonly body: Buffer;
  /** Strong validator of `body`, without quotes. */
  readonly etag: string;
  readonly tags: readonly string[];
  /** What part of the data it depends on; null: all of it. */
  readonly scope: Scope | null;
  /** How long the load took, in milliseconds: what a hit saves. */
  readonly loadMs: number;
}

/** Orders stamps by epoch, then position. Negative: `a` is older. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.epoch - b.epoch || a.asOf - b.asOf;
}
