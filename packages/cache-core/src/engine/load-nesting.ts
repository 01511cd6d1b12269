import { AsyncLocalStorage } from 'node:async_hooks';
import { LoadCycle } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import type { Flight, Landing } from './flight.ts';
import type { Origin } from './origin.ts';

/** What one call of an origin loads. */
export interface LoadedTogether {
  readonly keys: readonly CacheKey[];
  readonly origin: Origin;
  /** The flights that end with this call; empty for a bypass. */
  readonly flights: readonly Flight[];
}

/** A flight that a load waits for. */
interface Wait {
  readonly key: CacheKey;
  readonly flight: Flight;
}

/** One load that runs, and the one that it runs inside of. */
interface Running {
  readonly keys: ReadonlySet<CacheKey>;
  readonly origin: Origin;
  readonly outer: Running | null;
  readonly waits: Set<Wait>;
  hasEnded: boolean;
}

/**
 * Which loads the present one runs inside of: a load may read other keys of the same cache. While it waits for one, it asks
 * its origin for nothing, so it lends its place there: else loads that hold every place could wait for ever for one more.
 */
export class LoadNesting {
  readonly #running = new AsyncLocalStorage<Running | null>();
  /** The load that each flight ends with, once that load runs. */
  readonly #loads = new WeakMap<Flight, Running>();

  /** Runs a load, so that what it reads is known to be inside of it, until it ends. */
  async inside<Result>({ keys, origin, flights }: LoadedTogether, load: () => Promise<Result>): Promise<Result> {
    const outer = this.#running.getStore() ?? null;
    const running: Running = { keys: new Set(keys), origin, outer, waits: new Set(), hasEnded: false };
    for (const flight of flights) this.#loads.set(flight, running);
    try {
      return await this.#running.run(running, load);
    } finally {
      running.hasEnded = true;
      if (running.waits.size > 0) origin.takeBack();
    }
  }

  /** Runs what nobody waits for: it is inside of no load. */
  outside<Result>(work: () => Result): Result {
    return this.#running.run(null, work);
  }

  /** To wait for this key would be to wait for oneself. */
  isInside(key: CacheKey): boolean {
    for (let running = this.#innermost(); running; running = running.outer)
      if (!running.hasEnded && running.keys.has(key)) return true;
    return false;
  }

  /**
   * Waits for a flight. The load that waits lends its place meanwhile.
   *
   * @throws LoadCycle if the flight waits, over any number of loads, for the load that asks
   */
  async waiting(key: CacheKey, flight: Flight): Promise<Landing> {
    const running = this.#innermost();
    if (!running || running.hasEnded) return flight.landing;
    const wait: Wait = { key, flight };
    const path = this.#pathTo(running, wait, new Set());
    if (path) throw new LoadCycle(path.at(-1) ?? key, path.slice(0, -1));
    if (running.waits.size === 0) running.origin.lend();
    running.waits.add(wait);
    try {
      return await flight.landing;
    } finally {
      running.waits.delete(wait);
      if (running.waits.size === 0 && !running.hasEnded) running.origin.takeBack();
    }
  }

  /** The keys over which a flight waits for this load, the last one of this load itself. Null if it does not. */
  #pathTo(load: Running, { key, flight }: Wait, seen: Set<Running>): CacheKey[] | null {
    const running = this.#loads.get(flight);
    if (!running || running.hasEnded || seen.has(running)) return null;
    if (running === load) return [key];
    seen.add(running);
    for (const wait of running.waits) {
      const path = this.#pathTo(load, wait, seen);
      if (path) return [key, ...path];
    }
    return null;
  }

  #innermost(): Running | null {
    return this.#running.getStore() ?? null;
  }
}
