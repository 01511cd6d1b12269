import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Keys remembered; of more, those not asked about for longest are forgotten, which only means that they are tried again. */
const MAX_KEYS = 10_000;

interface Failing {
  readonly backoffMs: number;
  readonly untilAt: number;
}

/** Which keys' loads have just failed, so that what is stale is served without asking again: for 1 s, doubled up to 60 s. */
export class Backoff {
  readonly #clock: Clock;
  // Bounded by size, all of one: with `max` it would take the room of all of them as it is made.
  readonly #failing = new LRUCache<string, Failing>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A failure while it is backing off already changes nothing: it belongs to the same outage. */
  failed(key: string): void {
    if (this.isBackingOff(key)) return;
    const before = this.#failing.get(key);
    const backoffMs = before ? Math.min(2 * before.backoffMs, LONGEST_MS) : FIRST_MS;
    this.#failing.set(key, { backoffMs, untilAt: this.#clock.monotonic() + backoffMs });
  }

  succeeded(key: string): void {
    this.#failing.delete(key);
  }

  isBackingOff(key: string): boolean {
    const failing = this.#failing.get(key);
    return failing !== undefined && failing.untilAt > this.#clock.monotonic();
  }

  /** Until it is worth asking again; 0 when it is. For who only looks: it does not count as asking about the key. */
  remainingMs(key: string): number {
    const failing = this.#failing.peek(key);
    return failing ? Math.max(0, failing.untilAt - this.#clock.monotonic()) : 0;
  }
}
