import type { CacheManager, Stamp } from '@pilotlight/cache-core';
import type { Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';

export interface ReclaimerOptions {
  readonly cache: Pick<CacheManager, 'reclaim'>;
  readonly logger: Logger;
}

/**
 * Frees the bytes of invalidated keys in the background: in a large cache that takes seconds, and the next invalidation must not
 * wait for it. Runs once per prefix at a time; requests during a run are combined into one more run. If the process dies, only
 * the bytes remain, because reads of these keys miss already.
 */
export class Reclaimer {
  readonly #options: ReclaimerOptions;
  readonly #wanted = new Map<string, Stamp>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ReclaimerOptions) {
    this.#options = options;
  }

  /** Requests that all entries under the prefix that were loaded before the stamp are freed. */
  request(prefix: string, before: Stamp): void {
    const wanted = this.#wanted.get(prefix);
    if (!wanted || isLater(before, wanted)) this.#wanted.set(prefix, before);
    if (this.#running.has(prefix)) return;
    this.#running.set(
      prefix,
      this.#run(prefix).finally(() => this.#running.delete(prefix)),
    );
  }

  /** Waits up to `withinMs` for the requested runs. */
  async drain(withinMs: number): Promise<void> {
    await pTimeout(Promise.all(this.#running.values()), { milliseconds: withinMs, message: false });
  }

  async #run(prefix: string): Promise<void> {
    for (let before = this.#wanted.get(prefix); before; before = this.#wanted.get(prefix)) {
      this.#wanted.delete(prefix);
      try {
        await this.#options.cache.reclaim({ prefix }, before);
      } catch (error) {
        this.#options.logger.error(
          { err: error },
          `could not free the invalidated keys under ${prefix}: expiry and eviction will`,
        );
      }
    }
  }
}

function isLater(a: Stamp, b: Stamp): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.asOf > b.asOf);
}
