import type { Clock } from '@pilotlight/cache-core';

export interface BudgetOptions {
  readonly clock: Clock;
  /** Milliseconds of the origin's time per millisecond. */
  readonly share: number;
  /** What may be saved up, in milliseconds of the origin's time. */
  readonly mostMs: number;
}

/**
 * The origin's time that warming may use: a token bucket. What a load takes is known only afterwards, so the last one may
 * overdraw it; nothing is begun before that is paid back.
 */
export class Budget {
  readonly #options: BudgetOptions;
  #leftMs: number;
  #at: number;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#leftMs = options.mostMs;
    this.#at = options.clock.monotonic();
  }

  get isSpent(): boolean {
    const { clock, share, mostMs } = this.#options;
    const now = clock.monotonic();
    this.#leftMs = Math.min(mostMs, this.#leftMs + (now - this.#at) * share);
    this.#at = now;
    return this.#leftMs <= 0;
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }
}
