import type { Clock } from '../clock.ts';
import type { Follower } from '../log/follower.ts';
import type { Filler } from './filler.ts';
import type { Flights } from './flight.ts';
import { isKept, type Lookup } from './lookup.ts';
import type { ReadRequest } from './reader.ts';

export interface WarmerOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly flights: Flights;
  readonly filler: Filler;
  readonly clock: Clock;
}

/** Reloads with no reader, along the same fill path. */
export class Warmer {
  readonly #options: WarmerOptions;

  constructor(options: WarmerOptions) {
    this.#options = options;
  }

  /** Loads the key unless every process finds it fresh for `forMs` more. Answers whether it loaded. */
  async warm({ key, ask, policy }: ReadRequest, forMs: number): Promise<boolean> {
    const { follower, lookup, flights, filler, clock } = this.#options;
    // A worker out of the log's reach can't tell what is outdated: readers load for themselves meanwhile.
    if (!follower.isCurrent && !(await follower.catchUp())) return false;
    const shared = await lookup.inShared(key);
    const before = isKept(shared) ? shared : null;
    if (before && lookup.isFresh(before, forMs)) return false;
    const joined = flights.joinable(key);
    if (joined) {
      const arrived = follower.stamp;
      const landing = await joined.landing;
      // Joining a load is a read of it: its tags may be what an invalidation that was known here has hit.
      if (flights.mayAnswer(joined, landing, arrived)) return !landing.fetched;
    }
    const flight = flights.begin(key, clock.monotonic(), (flight) =>
      filler.fill(flight, {
        key,
        ask,
        policy,
        before,
        verified: true,
        isSharedAway: shared === 'unreachable',
        isEnough: (found) => lookup.isFresh(found, forMs),
      }),
    );
    return !(await flight.landing).fetched;
  }
}
