import type { CachedEntry, CacheKey, Clock } from '@pilotlight/cache-core';
import { DRAWN_FROM } from './limits.ts';

/** Remembers when entries last agreed with the origin in this process's audits, which bounds how long they can have differed. */
export class LastAgreed {
  readonly #clock: Clock;
  /** By key, oldest first. */
  readonly #known = new Map<CacheKey, { readonly loadedAt: number; readonly etag: string; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ key, loadedAt, etag }: CachedEntry): void {
    this.#known.delete(key);
    this.#known.set(key, { loadedAt, etag, at: this.#clock.monotonic() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > DRAWN_FROM && oldest !== undefined) this.#known.delete(oldest);
  }

  /**
   * Returns the maximum time, in ms, for which the entry can have differed: since it last agreed here, or else since its load.
   */
  longestSince({ key, loadedAt, etag }: CachedEntry): number {
    const known = this.#known.get(key);
    const sinceLoadMs = Math.max(0, this.#clock.now() - loadedAt);
    if (known?.loadedAt !== loadedAt || known.etag !== etag) return sinceLoadMs;
    return Math.min(sinceLoadMs, this.#clock.monotonic() - known.at);
  }
}
