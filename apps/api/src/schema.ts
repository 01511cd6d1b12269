import { setTimeout as sleep } from 'node:timers/promises';
import { type Origin, OriginUnavailable } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { TryLater } from './errors.ts';

const RETRY_MS = 500;
/** Another process may be at it, and take its time. */
const WAIT_MS = 2_000;

/** The database's tables: brought up to date at the start, and not to be asked before. */
export class Schema {
  readonly #origin: Origin;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #firstTry = Promise.withResolvers<void>();
  #isCurrent = false;
  #problem: string | null = null;

  constructor(options: { origin: Origin; logger: Logger; signal: AbortSignal }) {
    this.#origin = options.origin;
    this.#logger = options.logger;
    this.#signal = options.signal;
  }

  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Why the last try failed; null before the first, and once the tables are up to date. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Migrates, trying again for as long as the database is away. Rejects when trying again would not help. */
  async bringUpToDate(): Promise<void> {
    try {
      for (let tries = 0; !this.#isCurrent && !this.#signal.aborted; tries++) await this.#try(tries);
    } finally {
      this.#firstTry.resolve();
    }
  }

  /** Waits a moment for the first try; rejects with `TryLater` when the tables are not up to date by then. */
  async whenCurrent(): Promise<void> {
    if (this.#isCurrent) return;
    const late = new AbortController();
    const waiting = sleep(WAIT_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.#firstTry.promise, waiting]);
    late.abort();
    if (!this.#isCurrent)
      throw new TryLater(
        'STARTING',
        `not ready: ${this.#problem ?? 'the database has not answered yet'}; try again`,
        2_000,
      );
  }

  async #try(tries: number): Promise<void> {
    try {
      await this.#origin.migrate();
      this.#isCurrent = true;
      this.#problem = null;
      if (tries > 0) this.#logger.info('the database is there');
    } catch (error) {
      if (!(error instanceof OriginUnavailable)) throw error;
      if (this.#problem !== error.message) this.#logger.warn(`${error.message}; trying again until it can`);
      this.#problem = error.message;
      this.#firstTry.resolve();
      // Aborted: the loop's condition ends it.
      await sleep(RETRY_MS, undefined, { signal: this.#signal }).catch(() => undefined);
    }
  }
}
