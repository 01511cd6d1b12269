import { AsyncLocalStorage } from 'node:async_hooks';
import { LoadCycle } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { InFlightLoad, LoadResult } from './in-flight-loads.ts';
import type { Permit } from './origin-limiter.ts';

/** One call of an origin. */
export interface NestedCall {
  readonly keys: readonly CacheKey[];
  readonly permit: Permit;
  /** The in-flight loads that end with this call; empty for a bypass. */
  readonly inFlight: readonly InFlightLoad[];
}

/** A load that another load waits for. */
interface Wait {
  readonly key: CacheKey;
  readonly load: InFlightLoad;
}

/** A call that runs, and the call whose load started it. */
interface Running {
  readonly keys: ReadonlySet<CacheKey>;
  readonly permit: Permit;
  readonly outer: Running | null;
  readonly waits: Set<Wait>;
  hasEnded: boolean;
}

/**
 * Tracks loads that read other keys of the same cache. While a load waits for another load it does not use its origin, so its permit
 * is suspended. Otherwise loads that hold every permit could wait forever for one more permit.
 */
export class LoadNesting {
  readonly #running = new AsyncLocalStorage<Running | null>();
  /** The call that each in-flight load ends with, from the start of that call. */
  readonly #calls = new WeakMap<InFlightLoad, Running>();

  /** Runs the loads of a call. Reads that they make are nested in it until it ends. */
  async inside<Result>({ keys, permit, inFlight }: NestedCall, load: () => Promise<Result>): Promise<Result> {
    const outer = this.#running.getStore() ?? null;
    const running: Running = { keys: new Set(keys), permit, outer, waits: new Set(), hasEnded: false };
    for (const each of inFlight) this.#calls.set(each, running);
    try {
      return await this.#running.run(running, load);
    } finally {
      running.hasEnded = true;
      if (running.waits.size > 0) permit.resume();
    }
  }

  /** Runs background work, which is not nested in any load. */
  outside<Result>(work: () => Result): Result {
    return this.#running.run(null, work);
  }

  /** Whether the caller runs inside a load, whose permit is suspended while it waits for another load. */
  get isNested(): boolean {
    return this.#innermost()?.hasEnded === false;
  }

  /** Returns whether the caller runs inside a load of this key, so that a wait for the key would never end. */
  isInside(key: CacheKey): boolean {
    for (let running = this.#innermost(); running; running = running.outer)
      if (!running.hasEnded && running.keys.has(key)) return true;
    return false;
  }

  /**
   * Waits for a load. If the caller runs inside another load, the permit of that load is suspended meanwhile.
   *
   * @throws LoadCycle if the load waits, directly or over other loads, for the load that the caller runs inside
   */
  async waiting(key: CacheKey, load: InFlightLoad): Promise<LoadResult> {
    const running = this.#innermost();
    if (!running || running.hasEnded) return load.result;
    const wait: Wait = { key, load };
    const path = this.#pathTo(running, wait, new Set());
    if (path) throw new LoadCycle(path.at(-1) ?? key, path.slice(0, -1));
    if (running.waits.size === 0) running.permit.suspend();
    running.waits.add(wait);
    try {
      return await load.result;
    } finally {
      running.waits.delete(wait);
      if (running.waits.size === 0 && !running.hasEnded) running.permit.resume();
    }
  }

  /** Returns the keys over which `wait` leads back to `target`, the key of `target` last; null if it does not. */
  #pathTo(target: Running, { key, load }: Wait, seen: Set<Running>): CacheKey[] | null {
    const running = this.#calls.get(load);
    if (!running || running.hasEnded || seen.has(running)) return null;
    if (running === target) return [key];
    seen.add(running);
    for (const wait of running.waits) {
      const path = this.#pathTo(target, wait, seen);
      if (path) return [key, ...path];
    }
    return null;
  }

  #innermost(): Running | null {
    return this.#running.getStore() ?? null;
  }
}
