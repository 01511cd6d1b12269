import type { CacheManager } from '../cache-manager.ts';
import type { Stamp } from '../model/entry.ts';

/** Frees the bytes of cleared entries, one prefix after the other. A prefix that is cleared again meanwhile is reclaimed once for both. */
export class ClearedPrefixReclaimer {
  readonly #cache: CacheManager;
  readonly #onError: (error: unknown) => void;
  readonly #wanted = new Map<string, Stamp>();
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();

  constructor(cache: CacheManager, onError: (error: unknown) => void) {
    this.#cache = cache;
    this.#onError = onError;
  }

  want(prefix: string, before: Stamp): void {
    this.#wanted.set(prefix, before);
    if (!this.#isRunning) this.#run = this.#reclaimAll();
  }

  /** Resolves once every wanted prefix is reclaimed. */
  idle(): Promise<void> {
    return this.#run;
  }

  async #reclaimAll(): Promise<void> {
    this.#isRunning = true;
    try {
      for (const [prefix, before] of this.#wanted) {
        this.#wanted.delete(prefix);
        await this.#cache.reclaim({ prefix }, before).catch(this.#onError);
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
