import type { CacheKey, Clock, Kept } from '@pilotlight/cache-core';
import { DRAWN_FROM } from './limits.ts';

/** When entries agreed with the origin, as far as this process has audited them: bounds for how long they have not. */
export class LastAgreed {
  readonly #clock: Clock;
  /** By key, oldest first. */
  readonly #known = new Map<CacheKey, { readonly loadedAt: number; readonly etag: string; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ key, loadedAt, etag }: Kept): void {
    this.#known.delete(key);
    this.#known.set(key, { loadedAt, etag, at: this.#clock.monotonic() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > DRAWN_FROM && oldest !== undefined) this.#known.delete(oldest);
  }

  /** For how many milliseconds, at most, the entry may have differed: since it last agreed here, else since it was loaded. */
  longestSince({ key, loadedAt, etag }: Kept): number {
    const known = this.#known.get(key);
    const sinceLoadMs = Math.max(0, this.#clock.now() - loadedAt);
    if (known?.loadedAt !== loadedAt || known.etag !== etag) return sinceLoadMs;
    return Math.min(sinceLoadMs, this.#clock.monotonic() - known.at);
  }
}
