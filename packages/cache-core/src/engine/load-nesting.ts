import { AsyncLocalStorage } from 'node:async_hooks';
import type { CacheKey } from '../key.ts';
import type { Origin } from './origin.ts';

/** One load that runs, and the one that it runs inside of. */
interface Running {
  readonly keys: ReadonlySet<CacheKey>;
  readonly origin: Origin;
  readonly outer: Running | null;
  /** How many other loads it waits for. */
  waiting: number;
  hasEnded: boolean;
}

/**
 * Which loads the present one runs inside of: a load may read other keys of the same cache. While it waits for one, it asks
 * its origin for nothing, so it lends its place there: else loads that hold every place could wait for ever for one more.
 */
export class LoadNesting {
  readonly #running = new AsyncLocalStorage<Running | null>();

  /** Runs a load, so that what it reads is known to be inside of it, until it ends. */
  async inside<Result>(keys: readonly CacheKey[], origin: Origin, load: () => Promise<Result>): Promise<Result> {
    const outer = this.#running.getStore() ?? null;
    const running: Running = { keys: new Set(keys), origin, outer, waiting: 0, hasEnded: false };
    try {
      return await this.#running.run(running, load);
    } finally {
      running.hasEnded = true;
      if (running.waiting > 0) origin.takeBack();
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

  /** Waits for another load; the one that waits lends its place meanwhile. */
  async waiting<Result>(landing: Promise<Result>): Promise<Result> {
    const running = this.#innermost();
    if (!running || running.hasEnded) return landing;
    if (running.waiting++ === 0) running.origin.lend();
    try {
      return await landing;
    } finally {
      if (--running.waiting === 0 && !running.hasEnded) running.origin.takeBack();
    }
  }

  #innermost(): Running | null {
    return this.#running.getStore() ?? null;
  }
}
