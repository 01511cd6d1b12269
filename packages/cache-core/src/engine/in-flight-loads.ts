import type { Follower } from '../log/follower.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import { compareStamps, type Stamp } from '../model/entry.ts';
import { invalidationTargetsOf } from '../model/invalidation-targets.ts';
import type { CacheKey } from '../model/key.ts';
import type { Hop } from '../model/outcome.ts';

/** The result of a load for its readers. */
export interface LoadResult {
  readonly cached: CachedEntry;
  /** Whether another process loaded the entry and this process found it in the shared tier. */
  readonly fetched: boolean;
  readonly stored: boolean;
  /** Whether the load found the last answer unchanged. Defaults to false. */
  readonly revalidated?: boolean;
  /** The parts of the load that took time. */
  readonly hops?: readonly Hop[];
}

/** When a load started, and how much of the invalidation log it could see. */
export interface StampedLoad {
  /** The fence: the log position that this process had applied when the load started. */
  stamp: Stamp;
  /** Monotonic time in milliseconds. */
  beganAt: number;
}

/**
 * The load of a key that runs in this process. Every reader that its result may answer shares it. `stamp` and `beganAt` are first
 * those of its creation; `Loader` replaces them once, when the load has its permit and starts.
 */
export interface InFlightLoad extends StampedLoad {
  /** The loads of this process are numbered in the order in which they are registered, from 1. */
  readonly number: number;
  /** Whether it asks the origin in any case, and never takes over the answer of another process. */
  readonly asksOrigin: boolean;
  readonly result: Promise<LoadResult>;
}

/** Single flight: at most one load per key in this process. Invariant: to join a load is to read its result. */
export class InFlightLoads {
  readonly #follower: Follower;
  readonly #loads = new Map<CacheKey, InFlightLoad>();
  #latest = 0;

  constructor(follower: Follower) {
    this.#follower = follower;
  }

  /** The number of the load that was registered last; 0 before the first. */
  get latest(): number {
    return this.#latest;
  }

  /** Returns the latest load of the key that still runs, even one that a new reader may not join. */
  get(key: CacheKey): InFlightLoad | undefined {
    return this.#loads.get(key);
  }

  /**
   * Returns the load that a reader arriving now may join. Invariant: a reader never joins a load that an invalidation known here
   * has hit since the load's stamp; that load answers only the readers that came before the invalidation. Tags and scope of the
   * answer are not known yet. Without them, every scope of the prefix hits the load, which only costs another load; tags are
   * checked by `mayAnswer` when the load ends.
   */
  joinable(key: CacheKey): InFlightLoad | undefined {
    const load = this.#loads.get(key);
    if (!load || load.stamp.epoch !== this.#follower.epoch) return undefined;
    return this.#follower.index.isHitSince('invalidate', invalidationTargetsOf(key), load.stamp.asOf)
      ? undefined
      : load;
  }

  /**
   * Registers a load of the key until `run` ends, and runs it.
   *
   * @param asksOrigin whether `run` never takes over the answer of another process
   */
  start(
    key: CacheKey,
    beganAt: number,
    run: (load: InFlightLoad) => Promise<LoadResult>,
    asksOrigin = false,
  ): InFlightLoad {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const number = ++this.#latest;
    const load: InFlightLoad = { number, asksOrigin, stamp: this.#follower.stamp, beganAt, result: promise };
    this.#loads.set(key, load);
    const end = () => {
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    };
    run(load).then(
      (result) => {
        end();
        resolve(result);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
    return load;
  }

  /**
   * Returns whether the result of a load may answer a reader. Tags and scope become known only when the load ends, so each reader
   * that knew a later log position than the load checks them then.
   *
   * @param arrived how much of the log this process had applied when the reader arrived
   */
  mayAnswer(load: InFlightLoad, { cached }: LoadResult, arrived: Stamp): boolean {
    if (compareStamps(arrived, load.stamp) <= 0) return true;
    const { epoch, index } = this.#follower;
    return epoch === cached.epoch && !index.isHitSince('invalidate', cached, cached.asOf);
  }
}
