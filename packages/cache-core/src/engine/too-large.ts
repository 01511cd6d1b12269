import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';

const MAX_KEYS = 1_000;
/** The time after which a key is warmed again, because its answer may have become smaller. */
const REMEMBER_MS = 3_600_000;

/** Keys whose latest answer was too large for the shared tier, or for memory if there is no shared tier. */
export class TooLarge {
  readonly #clock: Clock;
  readonly #until = new LRUCache<CacheKey, number>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(key: CacheKey): boolean {
    const until = this.#until.get(key);
    return until !== undefined && this.#clock.monotonic() < until;
  }

  add(key: CacheKey): void {
    this.#until.set(key, this.#clock.monotonic() + REMEMBER_MS);
  }

  delete(key: CacheKey): void {
    if (this.#until.size > 0) this.#until.delete(key);
  }
}
