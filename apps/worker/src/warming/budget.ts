import { readFileSync } from 'node:fs';
import type { Logger, QueueConnection } from '@pilotlight/runtime';
import { messageOf } from '../errors.ts';

/**
 * A token bucket of the origin's time for background work. The cost of a load is known only afterwards, so active loads may overdraw
 * the budget; no load begins until it is positive again.
 */
export interface Budget {
  isSpent(): Promise<boolean>;
  /** Charges `ms` milliseconds of the origin's time. */
  spend(ms: number): Promise<void>;
}

export interface BudgetLimits {
  /** Milliseconds of the origin's time per millisecond: 0.25 is a quarter of one connection, 0 allows none. */
  readonly share: number;
  /** The capacity of the bucket, in milliseconds of the origin's time. */
  readonly maxMs: number;
}

export interface SharedBudgetOptions extends BudgetLimits {
  readonly connection: QueueConnection;
  readonly key: string;
  readonly logger: Logger;
}

const SCRIPT = readFileSync(new URL('./shared-budget.lua', import.meta.url), 'utf8');

/** One budget for all worker processes, stored in the queue server. It counts as spent while that server is unreachable. */
export class SharedBudget implements Budget {
  readonly #options: SharedBudgetOptions;
  /** The time, in ms, that has been used and not charged yet. */
  #owedMs = 0;

  constructor(options: SharedBudgetOptions) {
    this.#options = options;
  }

  async isSpent(): Promise<boolean> {
    if (this.#options.share === 0) return true;
    const left = await this.#take();
    return left === null || left <= 0;
  }

  async spend(ms: number): Promise<void> {
    this.#owedMs += ms;
    await this.#take();
  }

  /** Charges the owed time. Returns the rest of the budget in ms, or null if the queue server is unreachable. */
  async #take(): Promise<number | null> {
    const { connection, key, share, maxMs, logger } = this.#options;
    if (share === 0) return null;
    const owedMs = this.#owedMs;
    this.#owedMs = 0;
    try {
      const reply: unknown = await connection.eval(SCRIPT, 1, key, share, maxMs, owedMs);
      const [left] = Array.isArray(reply) ? reply : [];
      return Number(left);
    } catch (error) {
      this.#owedMs += owedMs;
      logger.debug(`the budget ${key} could not be read: ${messageOf(error)}`);
      return null;
    }
  }
}
