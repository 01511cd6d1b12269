/** Lines that a stream sends per second, and at most at once. */
const LINES_PER_SECOND = 100;
const MAX_AT_ONCE = 500;

/** Bounds the rate of a stream's lines (token bucket). */
export class LineRate {
  readonly #now: () => number;
  #left = MAX_AT_ONCE;
  #at: number;

  /** @param now returns a monotonic time, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Takes up to `wanted` lines. Returns the number that may be sent now. */
  take(wanted: number): number {
    const now = this.#now();
    this.#left = Math.min(MAX_AT_ONCE, this.#left + ((now - this.#at) / 1_000) * LINES_PER_SECOND);
    this.#at = now;
    const taken = Math.min(wanted, Math.floor(this.#left));
    this.#left -= taken;
    return taken;
  }
}
