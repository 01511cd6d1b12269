import type { Follower } from '../log/follower.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { Filler } from './filler.ts';
import type { InFlightLoads } from './in-flight-loads.ts';
import type { Load, Loader } from './load.ts';
import { isCachedEntry, type Lookup, type LookupMiss } from './lookup.ts';
import type { ReadRequest } from './read-request.ts';
import type { TooLarge } from './too-large.ts';

export interface WarmerOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly inFlight: InFlightLoads;
  readonly filler: Filler;
  readonly loader: Loader;
  readonly tooLarge: TooLarge;
  readonly clock: Clock;
  /** False if the memory of this process is the only tier. */
  readonly isShared: boolean;
}

/** The number of invalidated loads that a warming joins before it loads the key itself. */
const JOIN_TRIES = 3;

/** Reloads entries without a reader, over the same fill path. It uses only the permits that readers do not need. */
export class Warmer {
  readonly #options: WarmerOptions;

  constructor(options: WarmerOptions) {
    this.#options = options;
  }

  /**
   * Loads the key unless its entry stays fresh on every process for `forMs` more, or its last answer was too large for the tier that
   * all processes share.
   *
   * @returns whether the key was loaded
   */
  async warm(key: CacheKey, load: Load, policy: ResolvedPolicy, forMs: number): Promise<boolean> {
    const { follower, lookup, loader, inFlight, tooLarge } = this.#options;
    // Without the log a worker does not know the latest invalidations, so it loads nothing.
    if (!follower.isCurrent && !(await follower.catchUp())) return false;
    const shared = await this.#find(key);
    if (isCachedEntry(shared)) tooLarge.delete(key);
    if (tooLarge.has(key) || (isCachedEntry(shared) && lookup.isFresh(shared, forMs))) return false;
    for (let tries = 0; ; tries++) {
      const joinable = () => (tries < JOIN_TRIES ? inFlight.joinable(key) : undefined);
      let joined = joinable();
      if (!joined) {
        // The permit comes before the fill lock, so that no process that waits for the lock, such as a reader, waits for a permit as well.
        const permit = await loader.limiterOf(policy.origin).acquireLowPriority();
        try {
          joined = joinable();
          if (!joined)
            return await this.#reload({ key, source: loader.source(key, load, policy, permit), policy }, forMs, shared);
        } finally {
          // Invariant: no permit is held during a wait for another load of the key, which may need that very permit.
          permit.release();
        }
      }
      const arrived = follower.stamp;
      const result = await loader.nesting.waiting(key, joined);
      // To join a load is to read its result: an invalidation known here may have hit its tags.
      if (inFlight.mayAnswer(joined, result, arrived)) return !result.fetched;
    }
  }

  async #reload(
    { key, source, policy }: ReadRequest,
    forMs: number,
    shared: CachedEntry | LookupMiss,
  ): Promise<boolean> {
    const { lookup, inFlight, filler, clock } = this.#options;
    const { result } = inFlight.start(key, clock.monotonic(), (load) =>
      filler.fill(load, {
        key,
        source,
        policy,
        before: isCachedEntry(shared) ? shared : null,
        verified: true,
        isSharedUnreachable: shared === 'unreachable',
        lookedAt: null,
        isEnough: (found) => lookup.isFresh(found, forMs),
      }),
    );
    return !(await result).fetched;
  }

  /**
   * Returns for how many milliseconds each key stays fresh on every process; 0 for a key that is not stored, or whose server of the
   * shared tier does not answer. Takes one round trip to each server.
   *
   * @throws Unreachable if the log can't be reached, or no server of the shared tier answers
   */
  async freshForMs(keys: readonly CacheKey[]): Promise<number[]> {
    const { follower, lookup } = this.#options;
    if (!follower.isCurrent && !(await follower.catchUp())) throw new Unreachable('the invalidation log');
    const found = await Promise.all(keys.map((key) => this.#find(key)));
    if (keys.length > 0 && found.every((one) => one === 'unreachable')) throw new Unreachable('the shared tier');
    return found.map((one) => (isCachedEntry(one) ? lookup.freshForMs(one) : 0));
  }

  /** Looks where every process finds the entry: in the shared tier, or in memory if there is no shared tier. */
  #find(key: CacheKey): Promise<CachedEntry | LookupMiss> {
    const { lookup, isShared } = this.#options;
    return isShared ? lookup.inShared(key) : Promise.resolve(lookup.inMemory(key, true));
  }
}
