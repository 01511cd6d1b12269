import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, systemClock } from '@pilotlight/cache-core';
import { hadFinished, type IndexedBetween, type IndexedFiles, includesMoment } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { logFailedLook } from './log-failed-look.ts';

/** The pause between two looks for newly indexed files, in ms. */
export const LOOK_EVERY_MS = 500;
/** A client that is further behind loses the rest. */
export const FILES_PER_LOOK = 1_000;

/** Finds newly indexed files for the live tails of a process: one query per half second for all of them, none without a tail. */
export class TailFeed {
  readonly #indexed: Pick<IndexedFiles, 'between'>;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #logger: Logger;
  readonly #waiting = new Set<(batch: IndexedBetween & { since: string }) => void>();
  /** The moment of the latest look; null while no tail waits. */
  #latest: string | null = null;

  constructor(indexed: Pick<IndexedFiles, 'between'>, logger: Logger, clock: Pick<Clock, 'sleep'> = systemClock) {
    this.#indexed = indexed;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Returns the files that became indexed after a moment; waits for the next look if the moment is the present. Rejects with the reason
   * of `signal` once it is aborted, and with `OriginUnavailable`.
   */
  async next(since: string, signal: AbortSignal): Promise<IndexedBetween> {
    signal.throwIfAborted();
    if (this.#latest === null || !includesMoment(since, this.#latest)) {
      const missed = await this.#indexed.between(since, { limit: FILES_PER_LOOK });
      if (missed.files.length > 0) return missed;
      return await this.#present(missed.until, signal);
    }
    return await this.#present(since, signal);
  }

  /** Waits for a look that sees all that a tail has seen. */
  async #present(since: string, signal: AbortSignal): Promise<IndexedBetween> {
    for (;;) {
      const batch = await this.#nextLook(since, signal);
      // A gap between both moments would hide the files in it.
      if (!includesMoment(since, batch.since)) return await this.#indexed.between(since, { limit: FILES_PER_LOOK });
      if (!includesMoment(batch.until, since)) continue;
      return { ...batch, files: batch.files.filter(({ transaction }) => !hadFinished(transaction, since)) };
    }
  }

  async #nextLook(since: string, signal: AbortSignal): Promise<IndexedBetween & { since: string }> {
    return await new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(take);
        reject(signal.reason as Error);
      };
      const take = (batch: IndexedBetween & { since: string }): void => {
        signal.removeEventListener('abort', stop);
        resolve(batch);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.add(take);
      if (this.#latest === null) void this.#run(since);
    });
  }

  /** Looks until no tail waits. */
  async #run(since: string): Promise<void> {
    this.#latest = since;
    while (this.#waiting.size > 0) {
      await this.#clock.sleep(LOOK_EVERY_MS);
      try {
        const from: string = this.#latest;
        const batch = await this.#indexed.between(from, { limit: FILES_PER_LOOK });
        this.#latest = batch.until;
        const waiting = [...this.#waiting];
        this.#waiting.clear();
        for (const take of waiting) take({ ...batch, since: from });
        // The tails wait again in this turn of the event loop, unless they have something to send.
        await nextTurn();
      } catch (error) {
        // The tails wait on; the next look begins at the same moment.
        logFailedLook(this.#logger, error, 'could not look for newly indexed files');
      }
    }
    this.#latest = null;
  }
}
