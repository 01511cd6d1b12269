import { CacheError, type Clock } from '@pilotlight/cache-core';
import { OriginUnavailable } from '@pilotlight/origin';
import { FAILURES_IN_A_ROW, FIRST_PAUSE_MS, MAX_PAUSE_MS } from './limits.ts';

/** Codes of failures that the origin causes, not the key: its circuit breaker, its queue, its time-out. */
const OF_THE_ORIGIN: ReadonlySet<string> = new Set(['ORIGIN_UNAVAILABLE', 'ORIGIN_OVERLOADED', 'LOAD_TIMED_OUT']);

/** Pauses background loads while the origin fails, judged by their own results. Each pause is twice as long as the one before. */
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
    // Loads that run at the same time fail for the same reason and count once.
    if (this.isPaused || (!isOrigins && this.#failures < FAILURES_IN_A_ROW)) return;
    this.#pausedUntil = this.#clock.monotonic() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_PAUSE_MS);
    this.#failures = 0;
  }
}
