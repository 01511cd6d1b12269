import type { Clock } from '../clock.ts';
import { Unreachable } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { ResolvedPolicy } from '../policy.ts';
import type { Kept } from '../tiers/kept.ts';
import type { Filler } from './filler.ts';
import type { Flights } from './flight.ts';
import type { Load, Loader } from './load.ts';
import { isKept, type Lookup, type NotFound } from './lookup.ts';
import type { Place } from './origin.ts';
import type { ReadRequest } from './reader.ts';
import type { TooLarge } from './too-large.ts';

export interface WarmerOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly flights: Flights;
  readonly filler: Filler;
  readonly loader: Loader;
  readonly tooLarge: TooLarge;
  readonly clock: Clock;
  /** False: this process's memory is the only tier. */
  readonly isShared: boolean;
}

/** After this number of joined loads that an invalidation overtook, a warming loads for itself. */
const JOIN_TRIES = 3;

/** Reloads with no reader, along the same fill path. Readers' places at the origin stay theirs. */
export class Warmer {
  readonly #options: WarmerOptions;

  constructor(options: WarmerOptions) {
    this.#options = options;
  }

  /**
   * Loads the key unless every process finds it fresh for `forMs` more, or its latest answer was larger than what the tier takes
   * that they share. Answers whether it loaded.
   */
  async warm(key: CacheKey, load: Load, policy: ResolvedPolicy, forMs: number): Promise<boolean> {
    const { follower, lookup, loader, flights, tooLarge } = this.#options;
    // A worker out of the log's reach can't tell what is outdated: readers load for themselves meanwhile.
    if (!follower.isCurrent && !(await follower.catchUp())) return false;
    const shared = await this.#find(key);
    if (isKept(shared)) tooLarge.delete(key);
    if (tooLarge.has(key) || (isKept(shared) && lookup.isFresh(shared, forMs))) return false;
    // The place first, then the fill lock: who waits for the lock, which may be a reader, never waits for a place as well.
    for (let tries = 0; ; tries++) {
      const joinable = () => (tries < JOIN_TRIES ? flights.joinable(key) : undefined);
      const reload = async (place: Place) => {
        // Invariant: a place is never held while another load of the key is waited for, which may need that very place.
        return joinable() ?? this.#reload({ key, ask: loader.ask(key, load, policy, place), policy }, forMs, shared);
      };
      const joined = joinable() ?? (await loader.originOf(policy.origin).afterReaders(reload));
      if (typeof joined === 'boolean') return joined;
      const arrived = follower.stamp;
      const landing = await loader.nesting.waiting(key, joined);
      // Joining a load is a read of it: its tags may be what an invalidation that was known here has hit.
      if (flights.mayAnswer(joined, landing, arrived)) return !landing.fetched;
    }
  }

  async #reload({ key, ask, policy }: ReadRequest, forMs: number, shared: Kept | NotFound): Promise<boolean> {
    const { lookup, flights, filler, clock } = this.#options;
    const flight = flights.begin(key, clock.monotonic(), (flight) =>
      filler.fill(flight, {
        key,
        ask,
        policy,
        before: isKept(shared) ? shared : null,
        verified: true,
        isSharedAway: shared === 'unreachable',
        isEnough: (found) => lookup.isFresh(found, forMs),
      }),
    );
    return !(await flight.landing).fetched;
  }

  /**
   * Returns for how many milliseconds each key is fresh on every process; 0 for a key that is not stored, or whose server of the
   * shared tier does not answer. Takes one round trip to each server. Rejects with `Unreachable` if none answers.
   */
  async freshForMs(keys: readonly CacheKey[]): Promise<number[]> {
    const { follower, lookup } = this.#options;
    if (!follower.isCurrent && !(await follower.catchUp())) throw new Unreachable('the invalidation log');
    const found = await Promise.all(keys.map((key) => this.#find(key)));
    if (keys.length > 0 && found.every((one) => one === 'unreachable')) throw new Unreachable('the shared tier');
    return found.map((one) => (isKept(one) ? lookup.freshForMs(one) : 0));
  }

  /** Where every process finds it; where there is but one, in its memory. */
  #find(key: CacheKey): Promise<Kept | NotFound> {
    const { lookup, isShared } = this.#options;
    return isShared ? lookup.inShared(key) : Promise.resolve(lookup.inMemory(key, true));
  }
}
