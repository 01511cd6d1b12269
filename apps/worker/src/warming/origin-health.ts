import { CacheError, type Clock } from '@pilotlight/cache-core';
import { OriginUnavailable } from '@pilotlight/origin';
import { FAILURES_IN_A_ROW, FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from './limits.ts';

/** Codes that say that the origin, not the key, is the reason: its breaker, its queue, its slowness. */
const OF_THE_ORIGIN: ReadonlySet<string> = new Set(['ORIGIN_UNAVAILABLE', 'ORIGIN_OVERLOADED', 'LOAD_TIMED_OUT']);

/** Whether the origin suffers, as far as warming's own loads tell: then it is left alone, for longer each time. */
export class OriginHealth {
  readonly #clock: Clock;
  #failures = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isPaused(): boolean {
    return this.#clock.monotonic() < this.#pausedUntil;
  }

  succeeded(): void {
    this.#failures = 0;
    if (!this.isPaused) this.#pauseMs = FIRST_PAUSE_MS;
  }

  failed(error: unknown): void {
    this.#failures++;
    const isOrigins =
      error instanceof OriginUnavailable || (error instanceof CacheError && OF_THE_ORIGIN.has(error.code));
    // Several loads that were under way together fail of the same.
    if (this.isPaused || (!isOrigins && this.#failures < FAILURES_IN_A_ROW)) return;
    this.#pausedUntil = this.#clock.monotonic() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    this.#failures = 0;
  }
}
