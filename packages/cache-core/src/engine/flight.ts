import { compareStamps, type Stamp } from '../entry.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { SelectorToken } from '../selector.ts';
import type { Kept } from '../tiers/memory-tier.ts';

/** How a flight ended. `fetched`: another process had loaded it meanwhile. */
export interface Landing {
  readonly kept: Kept;
  readonly fetched: boolean;
  readonly stored: boolean;
}

/** One load of a key under way in this process, shared by everyone who may have its answer. */
export interface Flight {
  /** The fence: how much of the log was applied when the load began. Moves up once, when the load really starts. */
  stamp: Stamp;
  /** Monotonic. */
  beganAt: number;
  readonly landing: Promise<Landing>;
}

/** Single flight, with the rule that joining a load is a read of it. */
export class Flights {
  readonly #follower: Follower;
  readonly #flights = new Map<CacheKey, Flight>();

  constructor(follower: Follower) {
    this.#follower = follower;
  }

  /**
   * The flight that a reader arriving now may join. Invariant: only one that no invalidation known now is after; an
   * older flight answers those who came before, and nobody else.
   */
  joinable(key: CacheKey, tokens: readonly SelectorToken[]): Flight | undefined {
    const flight = this.#flights.get(key);
    if (!flight || flight.stamp.epoch !== this.#follower.epoch) return undefined;
    return this.#follower.index.lastHit('invalidate', tokens) <= flight.stamp.asOf ? flight : undefined;
  }

  begin(key: CacheKey, beganAt: number, run: (flight: Flight) => Promise<Landing>): Flight {
    const { promise, resolve, reject } = Promise.withResolvers<Landing>();
    const flight: Flight = { stamp: this.#follower.stamp, beganAt, landing: promise };
    this.#flights.set(key, flight);
    run(flight)
      .finally(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      })
      .then(resolve, reject);
    return flight;
  }

  /**
   * Whether a landed load may answer a reader that arrived knowing `arrived`. Tags become known only as a load ends, so
   * this is asked again then, for each reader that knew more than the load did as it began.
   */
  mayAnswer(flight: Flight, { kept }: Landing, arrived: Stamp): boolean {
    if (compareStamps(arrived, flight.stamp) <= 0) return true;
    const { epoch, index } = this.#follower;
    return epoch === kept.entry.epoch && index.lastHit('invalidate', kept.tokens) <= kept.entry.asOf;
  }
}
