import type { Clock } from '../model/clock.ts';
import type { CacheLogger } from '../model/logger.ts';

const LOG_EVERY_MS = 10_000;

/** Counts the reads that a server did not answer in time and logs them: immediately, then at most every 10 s. */
export class TimedOutReads {
  readonly #what: string;
  readonly #logger: CacheLogger;
  readonly #clock: Clock;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #count = 0;
  #total = 0;

  constructor({ what, logger, clock }: { what: string; logger: CacheLogger; clock: Clock }) {
    this.#what = what;
    this.#logger = logger;
    this.#clock = clock;
  }

  note(reads: number, timeoutMs: number): void {
    this.#count += reads;
    this.#total += reads;
    const now = this.#clock.monotonic();
    if (now < this.#loggedAt + LOG_EVERY_MS) return;
    this.#logger.warn(
      `${this.#what} did not answer ${this.#count} reads in time, which load from the origin (timeout ${timeoutMs} ms without a byte; ${this.#total} reads since the start)`,
    );
    this.#loggedAt = now;
    this.#count = 0;
  }
}
