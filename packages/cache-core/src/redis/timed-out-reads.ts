import type { Clock } from '../model/clock.ts';
import type { CacheLogger } from '../model/logger.ts';

const LOG_EVERY_MS = 10_000;

/** Counts the reads that a server did not answer in time and logs them: immediately, then at most every 10 s. */
export class TimedOutReads {
  readonly #options: { readonly what: string; readonly logger: CacheLogger; readonly clock: Clock };
  #loggedAt = Number.NEGATIVE_INFINITY;
  #count = 0;
  #total = 0;

  constructor(options: { what: string; logger: CacheLogger; clock: Clock }) {
    this.#options = options;
  }

  note(reads: number, timeoutMs: number): void {
    const { what, logger, clock } = this.#options;
    this.#count += reads;
    this.#total += reads;
    const now = clock.monotonic();
    if (now < this.#loggedAt + LOG_EVERY_MS) return;
    logger.warn(
      `${what} did not answer ${this.#count} reads in time, which load from the origin (timeout ${timeoutMs} ms without a byte; ${this.#total} reads since the start)`,
    );
    this.#loggedAt = now;
    this.#count = 0;
  }
}
