import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';

const MAX_KEYS = 1_000;
/** Answers shrink, too: after this long a warming tries again. */
const KEPT_MS = 3_600_000;

/** Keys whose latest answer was larger than what the tier takes that every process reads. */
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
    this.#until.set(key, this.#clock.monotonic() + KEPT_MS);
  }

  delete(key: CacheKey): void {
    if (this.#until.size > 0) this.#until.delete(key);
  }
}
