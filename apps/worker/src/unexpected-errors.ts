import type { Logger } from '@pilotlight/runtime';

const REPEAT_AFTER_MS = 60_000;
const MAX_REMEMBERED = 100;

/**
 * Logs errors that no caller handles, each message at most once a minute, because a failing server can cause hundreds per
 * second.
 */
export class UnexpectedErrors {
  readonly #what: string;
  readonly #logger: Logger;
  readonly #loggedAt = new Map<string, number>();

  constructor(what: string, logger: Logger) {
    this.#what = what;
    this.#logger = logger;
  }

  log(error: Error): void {
    const { message } = error;
    const loggedAt = this.#loggedAt.get(message);
    if (loggedAt !== undefined && performance.now() - loggedAt < REPEAT_AFTER_MS) {
      this.#logger.debug(`${this.#what}: ${message}`);
      return;
    }
    if (this.#loggedAt.size >= MAX_REMEMBERED) this.#loggedAt.clear();
    this.#loggedAt.set(message, performance.now());
    this.#logger.warn({ err: error }, `${this.#what}: ${message}`);
  }
}
