import { type Channel, channel } from 'node:diagnostics_channel';
import { type BackgroundMessage, type BackgroundReason, cacheChannels } from './diagnostics.ts';
import { Unreachable } from './errors.ts';
import type { CacheLogger } from './logger.ts';

/** The one door for work that nobody awaits: its errors are told, and `drain` waits for all of it. */
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

  run(reason: BackgroundReason, work: () => Promise<unknown>): void {
    const running = new Promise((resolve) => resolve(work()))
      .then(
        () => undefined,
        (error: unknown) => this.failed(reason, error),
      )
      .finally(() => this.#running.delete(running));
    this.#running.set(running, reason);
  }

  /** Tells of an error for work that goes on in spite of it. */
  failed(reason: BackgroundReason, error: unknown): void {
    if (this.#failures.hasSubscribers) this.#failures.publish({ cache: this.#cache, reason, error });
    this.#onError(reason, error);
  }

  /** Resolves once nothing is under way, but for work of the excepted reason. */
  async drain(except?: BackgroundReason): Promise<void> {
    for (;;) {
      const running = [...this.#running].filter(([, reason]) => reason !== except).map(([work]) => work);
      if (running.length === 0) return;
      await Promise.all(running);
    }
  }
}

/**
 * Logs failures. A server that is away was logged once when that was noticed, so what it costs after that is logged at debug
 * level. A failed reload is the origin's failure, and reads continue: a warning.
 */
export function failuresTo(logger: CacheLogger): (reason: BackgroundReason, error: unknown) => void {
  return (reason, error) => {
    if (error instanceof Unreachable) logger.debug(`${reason} left out: ${error.message}`);
    else if (reason === 'revalidate') logger.warn(`reloading in the background failed: ${String(error)}`);
    else logger.error({ err: error }, `background work failed: ${reason}`);
  };
}
