/** How much of the invalidation log was applied when a load began. Positions of different epochs don't compare. */
export interface Stamp {
  readonly epoch: number;
  readonly asOf: number;
}

/** A stored answer, decoded. Bytes are shared between readers: never written to. */
export interface Entry extends Stamp {
  /** The answer as UTF-8 JSON. */
  readonly body: Buffer;
  /** Strong validator of `body`, without quotes. */
  readonly etag: string;
  readonly tags: readonly string[];
  /** Instants, milliseconds since 1970. `freshUntil`: servable without asking. `staleUntil`: servable if need be. */
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  /** How long the load took: what a hit saves. */
  readonly loadMs: number;
}

/** Orders stamps by epoch, then position. Negative: `a` is older. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.epoch - b.epoch || a.asOf - b.asOf;
}
