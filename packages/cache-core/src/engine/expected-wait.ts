/** The weight of the latest call in the mean duration: the last dozens of calls decide it. */
const WEIGHT = 1 / 16;
/** This number of calls per permit may wait in any case. */
const MIN_PER_PERMIT = 4;
/** In a burst more may wait: one of slow calls, or of the first calls, is not an overload. */
const MIN_PER_PERMIT_IN_BURST = 12;
/** A queue that has not been empty for this time, in ms, is more than a burst. */
const BURST_MS = 500;
/** The time between two observations counts for at most this part of a burst, in ms: a process that the system has stopped is not overloaded. */
const MAX_OBSERVED_MS = 100;

/**
 * Bounds a queue by the time that its calls would wait. By Little's law, a call that finds `n` others waiting gets its permit after
 * about `n × mean duration / concurrency`. The mean is an exponentially weighted average.
 */
export class ExpectedWait {
  readonly #concurrency: number;
  readonly #maxMs: number;
  /** Infinite until the first call has ended. */
  #meanMs = Number.POSITIVE_INFINITY;
  /** For how long the queue has not been empty. */
  #filledMs = 0;
  #observedAt = 0;

  /** @param concurrency calls that run at the same time */
  constructor(concurrency: number, maxMs: number) {
    this.#concurrency = concurrency;
    this.#maxMs = maxMs;
  }

  /** @param ms how long a call held its permit */
  ended(ms: number): void {
    this.#meanMs = Number.isFinite(this.#meanMs) ? this.#meanMs + WEIGHT * (ms - this.#meanMs) : ms;
  }

  /**
   * Call it before a call begins to wait, and after a permit was released.
   *
   * @param waiting the number of calls that wait
   * @param now monotonic, in ms
   */
  observe(waiting: number, now: number): void {
    this.#filledMs = waiting === 0 ? 0 : this.#filledMs + Math.min(now - this.#observedAt, MAX_OBSERVED_MS);
    this.#observedAt = now;
  }

  /** The number of calls that may wait: some per permit in any case, so that slow calls have a queue too. */
  get maxWaiting(): number {
    const withinMax = (this.#concurrency * this.#maxMs) / Math.max(this.#meanMs, Number.MIN_VALUE);
    const perPermit = this.#filledMs <= BURST_MS ? MIN_PER_PERMIT_IN_BURST : MIN_PER_PERMIT;
    return Math.max(perPermit * this.#concurrency, Math.floor(withinMax));
  }
}
