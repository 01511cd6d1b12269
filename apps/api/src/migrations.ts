import { setTimeout as sleep } from 'node:timers/promises';
import { type Origin, OriginUnavailable } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';
import { TryLater } from './errors.ts';

const RETRY_MS = 500;
/** Another process may be migrating. */
const WAIT_MS = 2_000;

/** Migrates the database at the start. Routes wait for it before they query. */
export class Migrations {
  readonly #options: { readonly origin: Origin; readonly logger: Logger; readonly signal: AbortSignal };
  readonly #firstTry = Promise.withResolvers<void>();
  #isCurrent = false;
  #problem: string | null = null;

  constructor(options: { origin: Origin; logger: Logger; signal: AbortSignal }) {
    this.#options = options;
  }

  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Why the last try failed; null before the first try and once the tables are current. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Migrates, and retries while the database is unreachable. Rejects with errors that a retry cannot mend. */
  async bringUpToDate(): Promise<void> {
    try {
      for (let tries = 0; !this.#isCurrent && !this.#options.signal.aborted; tries++) await this.#try(tries);
    } finally {
      this.#firstTry.resolve();
    }
  }

  /** Waits up to 2 s for the first try. Rejects with `TryLater` if the tables are not current by then. */
  async ready(): Promise<void> {
    if (this.#isCurrent) return;
    await pTimeout(this.#firstTry.promise, { milliseconds: WAIT_MS, message: false });
    if (!this.#isCurrent)
      throw new TryLater(
        'STARTING',
        `not ready: ${this.#problem ?? 'the database has not answered yet'}; try again`,
        2_000,
      );
  }

  async #try(tries: number): Promise<void> {
    const { origin, logger, signal } = this.#options;
    try {
      await origin.migrate();
      this.#isCurrent = true;
      this.#problem = null;
      if (tries > 0) logger.info('the database and the log store answer, and their tables and indices are current');
    } catch (error) {
      if (!(error instanceof OriginUnavailable)) throw error;
      if (this.#problem !== error.message) logger.warn(`${error.message}; retrying every ${RETRY_MS} ms`);
      this.#problem = error.message;
      this.#firstTry.resolve();
      // The caller's loop ends if the signal is aborted.
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
