import { compareStamps, type Stamp } from '../entry.ts';
import { footprintOf } from '../footprint.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { Kept } from '../tiers/kept.ts';

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

  /** The load of this key that is under way, whoever may join it. */
  under(key: CacheKey): Flight | undefined {
    return this.#flights.get(key);
  }

  /**
   * The flight that a reader arriving now may join. Invariant: only one that no invalidation known now is after; an
   * older flight answers those who came before, and nobody else. Tags and scope are not known yet: a footprint without
   * them errs towards another flight for scopes, and `mayAnswer` asks again for tags.
   */
  joinable(key: CacheKey): Flight | undefined {
    const flight = this.#flights.get(key);
    if (!flight || flight.stamp.epoch !== this.#follower.epoch) return undefined;
    return this.#follower.index.isHitSince('invalidate', footprintOf(key), flight.stamp.asOf) ? undefined : flight;
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
   * Whether a landed load may answer a reader that arrived knowing `arrived`. Tags and scope become known only as a load
   * ends, so this is asked again then, for each reader that knew more than the load did as it began.
   */
  mayAnswer(flight: Flight, { kept }: Landing, arrived: Stamp): boolean {
    if (compareStamps(arrived, flight.stamp) <= 0) return true;
    const { epoch, index } = this.#follower;
    return epoch === kept.epoch && !index.isHitSince('invalidate', kept.footprint, kept.asOf);
  }
}
