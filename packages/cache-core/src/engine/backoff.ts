import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/clock.ts';

const FIRST_MS = 1_000;
const MAX_MS = 60_000;
/** The least recently used of more keys are dropped; a dropped key is only loaded again earlier. */
const MAX_FAILING_KEYS = 10_000;

interface Failing {
  readonly backoffMs: number;
  readonly untilAt: number;
}

/** Keys whose last load failed. A stale entry is served without a new load while its key is in back-off: 1 s, doubled up to 60 s. */
export class Backoff {
  readonly #clock: Clock;
  // Bounded by size with every entry of size 1, because `max` would allocate room for all entries at construction.
  readonly #failing = new LRUCache<string, Failing>({ maxSize: MAX_FAILING_KEYS, sizeCalculation: () => 1 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records a failed load. A failure during the back-off changes nothing, because it belongs to the same outage. */
  failed(key: string): void {
    if (this.isBackingOff(key)) return;
    const before = this.#failing.get(key);
    const backoffMs = before ? Math.min(2 * before.backoffMs, MAX_MS) : FIRST_MS;
    this.#failing.set(key, { backoffMs, untilAt: this.#clock.monotonic() + backoffMs });
  }

  succeeded(key: string): void {
    this.#failing.delete(key);
  }

  isBackingOff(key: string): boolean {
    const failing = this.#failing.get(key);
    return failing !== undefined && failing.untilAt > this.#clock.monotonic();
  }

  /** Returns the milliseconds until the back-off ends, or 0. Does not count as a use of the key. */
  remainingMs(key: string): number {
    const failing = this.#failing.peek(key);
    return failing ? Math.max(0, failing.untilAt - this.#clock.monotonic()) : 0;
  }
}
