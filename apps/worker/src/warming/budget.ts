import { readFileSync } from 'node:fs';
import type { Logger, QueueConnection } from '@pilotlight/runtime';
import { messageOf } from '../errors.ts';

/**
 * The origin's time that background work may use: a token bucket. What a load takes is known only afterwards, so the loads
 * under way may overdraw it; none begins before that is paid back.
 */
export interface Budget {
  isSpent(): Promise<boolean>;
  /** Notes that a load has used `ms` milliseconds of the origin’s time. */
  spend(ms: number): Promise<void>;
}

export interface BudgetLimits {
  /** Milliseconds of the origin's time per millisecond: 0.25 is a quarter of one connection. 0: nothing may be used. */
  readonly share: number;
  /** What may be saved up, in milliseconds of the origin's time. */
  readonly maxMs: number;
}

export interface SharedBudgetOptions extends BudgetLimits {
  readonly connection: QueueConnection;
  readonly key: string;
  readonly logger: Logger;
}

const SCRIPT = readFileSync(new URL('./shared-budget.lua', import.meta.url), 'utf8');

/** One budget for all worker processes, in the queue server. It counts as spent while that is out of reach. */
export class SharedBudget implements Budget {
  readonly #options: SharedBudgetOptions;
  /** What was used and could not be noted yet, in ms. */
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

  /** What is left, in ms; null while the queue server is out of reach. */
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
      logger.debug(`the budget ${key} is out of reach: ${messageOf(error)}`);
      return null;
    }
  }
}
