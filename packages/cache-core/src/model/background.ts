import { type Channel, channel } from 'node:diagnostics_channel';
import { type BackgroundMessage, type BackgroundReason, cacheChannels } from './diagnostics.ts';
import { Unreachable } from './errors.ts';
import type { CacheLogger } from './logger.ts';

/** Runs all work that no caller awaits. It reports the errors of that work, and `drain` waits for all of it. */
export class Background {
  readonly #running = new Map<Promise<void>, BackgroundReason>();
  readonly #failures: Channel<BackgroundMessage> = channel(cacheChannels.background);
  readonly #cache: string;
  readonly #onError: (reason: BackgroundReason, error: unknown) => void;

  /** @param cache the name of the cache whose work it is */
  constructor(cache: string, onError: (reason: BackgroundReason, error: unknown) => void) {
    this.#cache = cache;
    this.#onError = onError;
  }

  /** Starts the work and reports its error, if it rejects. */
  run(reason: BackgroundReason, work: () => Promise<unknown>): void {
    const running = new Promise((resolve) => resolve(work()))
      .then(
        () => undefined,
        (error: unknown) => this.failed(reason, error),
      )
      .finally(() => this.#running.delete(running));
    this.#running.set(running, reason);
  }

  /** Reports an error of work that continues after it. */
  failed(reason: BackgroundReason, error: unknown): void {
    if (this.#failures.hasSubscribers) this.#failures.publish({ cache: this.#cache, reason, error });
    this.#onError(reason, error);
  }

  /** Resolves once all work has ended, except work of the given reason. */
  async drain(except?: BackgroundReason): Promise<void> {
    for (;;) {
      const running = [...this.#running].filter(([, reason]) => reason !== except).map(([work]) => work);
      if (running.length === 0) return;
      await Promise.all(running);
    }
  }
}

/**
 * Returns a function that logs failures. The connection logs an unreachable server once, so failures that follow from it are
 * logged at debug level. A failed reload is the origin's failure and reads continue, so it is a warning.
 */
export function failuresTo(logger: CacheLogger): (reason: BackgroundReason, error: unknown) => void {
  return (reason, error) => {
    if (error instanceof Unreachable) logger.debug(`background work skipped: ${reason}: ${error.message}`);
    else if (reason === 'revalidate') logger.warn(`background reload failed, reads continue: ${String(error)}`);
    else logger.error({ err: error }, `background work failed: ${reason}`);
  };
}
