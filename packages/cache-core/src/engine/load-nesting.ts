import { AsyncLocalStorage } from 'node:async_hooks';
import { LoadCycle } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { InFlightLoad, LoadResult } from './in-flight-loads.ts';
import type { Permit } from './origin-limiter.ts';

/** A key that a call loads. */
interface NestedJob {
  readonly key: CacheKey;
  /** The in-flight load that ends with the call; null for a bypass. */
  readonly inFlight: InFlightLoad | null;
}

/** A load that another load waits for. */
interface Wait {
  readonly key: CacheKey;
  readonly load: InFlightLoad;
}

/** A call that runs, and the call whose load started it. */
export interface RunningCall {
  readonly keys: ReadonlySet<CacheKey>;
  readonly permit: Permit;
  readonly outer: RunningCall | null;
  /** Null until one of its loads waits: most loads read no other key. */
  waits: Set<Wait> | null;
  hasEnded: boolean;
}

/**
 * Tracks loads that read other keys of the same cache. While a load waits for another load it does not use its origin, so its permit
 * is suspended. Otherwise loads that hold every permit could wait forever for one more permit.
 */
export class LoadNesting {
  readonly #running = new AsyncLocalStorage<RunningCall | null>();
  /** The call that each in-flight load ends with, from the start of that call. */
  readonly #calls = new WeakMap<InFlightLoad, RunningCall>();

  /** Call before the loads of a call run. */
  begin(jobs: readonly NestedJob[], permit: Permit): RunningCall {
    const keys = new Set(jobs.map(({ key }) => key));
    const running: RunningCall = { keys, permit, outer: this.#innermost(), waits: null, hasEnded: false };
    for (const { inFlight } of jobs) if (inFlight) this.#calls.set(inFlight, running);
    return running;
  }

  /** Runs the loads of a call. Reads that they make are nested in it until it ends. */
  inside<Result>(running: RunningCall, load: () => Promise<Result>): Promise<Result> {
    return this.#running.run(running, load);
  }

  /** Call when the loads of a call have ended. */
  end(running: RunningCall): void {
    running.hasEnded = true;
    if (isWaiting(running)) running.permit.resume();
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
  waiting(key: CacheKey, load: InFlightLoad): Promise<LoadResult> {
    const running = this.#innermost();
    return !running || running.hasEnded ? load.result : this.#waitingIn(running, { key, load });
  }

  async #waitingIn(running: RunningCall, wait: Wait): Promise<LoadResult> {
    const path = this.#pathTo(running, wait, new Set());
    if (path) throw new LoadCycle(path.at(-1) ?? wait.key, path.slice(0, -1));
    if (!isWaiting(running)) running.permit.suspend();
    running.waits ??= new Set();
    running.waits.add(wait);
    try {
      return await wait.load.result;
    } finally {
      running.waits.delete(wait);
      if (!isWaiting(running) && !running.hasEnded) running.permit.resume();
    }
  }

  /** Returns the keys over which `wait` leads back to `target`, the key of `target` last; null if it does not. */
  #pathTo(target: RunningCall, { key, load }: Wait, seen: Set<RunningCall>): CacheKey[] | null {
    const running = this.#calls.get(load);
    if (!running || running.hasEnded || seen.has(running)) return null;
    if (running === target) return [key];
    seen.add(running);
    for (const wait of running.waits ?? []) {
      const path = this.#pathTo(target, wait, seen);
      if (path) return [key, ...path];
    }
    return null;
  }

  #innermost(): RunningCall | null {
    return this.#running.getStore() ?? null;
  }
}

function isWaiting({ waits }: RunningCall): boolean {
  return waits !== null && waits.size > 0;
}
