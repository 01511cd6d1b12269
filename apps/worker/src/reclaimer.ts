import type { CacheManager, Stamp } from '@pilotlight/cache-core';
import type { Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';

export interface ReclaimerOptions {
  readonly cache: Pick<CacheManager, 'reclaim'>;
  readonly logger: Logger;
}

/**
 * Frees the bytes of outdated keys beside the jobs: in a big cache it takes seconds, and the next invalidation must not
 * wait for that. One run per prefix at a time; what is asked for meanwhile becomes one more run. Lost with the process,
 * it costs nothing but bytes: the keys are misses already.
 */
export class Reclaimer {
  readonly #options: ReclaimerOptions;
  readonly #wanted = new Map<string, Stamp>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ReclaimerOptions) {
    this.#options = options;
  }

  /** Everything under the prefix that was loaded before. */
  request(prefix: string, before: Stamp): void {
    const wanted = this.#wanted.get(prefix);
    if (!wanted || isLater(before, wanted)) this.#wanted.set(prefix, before);
    if (this.#running.has(prefix)) return;
    this.#running.set(
      prefix,
      this.#run(prefix).finally(() => this.#running.delete(prefix)),
    );
  }

  /** Waits for what was asked for, up to `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    await pTimeout(Promise.all(this.#running.values()), { milliseconds: withinMs, message: false });
  }

  async #run(prefix: string): Promise<void> {
    for (let before = this.#wanted.get(prefix); before; before = this.#wanted.get(prefix)) {
      this.#wanted.delete(prefix);
      try {
        await this.#options.cache.reclaim({ prefix }, before);
      } catch (error) {
        this.#options.logger.error({ err: error }, `outdated keys under ${prefix} are left to time and eviction`);
      }
    }
  }
}

function isLater(a: Stamp, b: Stamp): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.asOf > b.asOf);
}
