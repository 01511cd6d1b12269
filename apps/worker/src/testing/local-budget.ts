import type { Clock } from '@pilotlight/cache-core';
import type { Budget, BudgetLimits } from '../warming/budget.ts';

/** A budget of one process; the model of `shared-budget.lua`. */
export class LocalBudget implements Budget {
  readonly #options: BudgetLimits & { readonly clock: Pick<Clock, 'monotonic'> };
  #leftMs: number;
  #at: number;

  constructor(options: BudgetLimits & { readonly clock: Pick<Clock, 'monotonic'> }) {
    this.#options = options;
    this.#leftMs = options.maxMs;
    this.#at = options.clock.monotonic();
  }

  get leftMs(): number {
    const { clock, share, maxMs } = this.#options;
    const now = clock.monotonic();
    this.#leftMs = Math.min(maxMs, this.#leftMs + (now - this.#at) * share);
    this.#at = now;
    return this.#leftMs;
  }

  async isSpent(): Promise<boolean> {
    return this.leftMs <= 0;
  }

  async spend(ms: number): Promise<void> {
    this.#leftMs = this.leftMs - ms;
  }
}
