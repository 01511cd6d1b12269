import type { CacheKey, CacheManager, Clock } from '@pilotlight/cache-core';
import { BELIEVED_MS, EARLY_SHARE } from './limits.ts';

export interface FreshnessCacheOptions {
  readonly clock: Clock;
  readonly cache: Pick<CacheManager, 'freshForMs'>;
}

interface Asked {
  readonly key: CacheKey;
  readonly policy: { readonly freshForMs: number };
}

/** The number of keys per round trip; the reply includes their answers. */
const BATCH = 50;

/** Remembers until when keys are fresh, so that a sweep need not ask for most of them again. */
export class FreshnessCache {
  readonly #options: FreshnessCacheOptions;
  /** Instants are by the monotonic clock. */
  #known = new Map<CacheKey, { readonly freshUntil: number; readonly believedUntil: number }>();

  constructor(options: FreshnessCacheOptions) {
    this.#options = options;
  }

  /**
   * Returns how long each key is fresh, in ms and in their order. With `mayBelieve`, a remembered key that is far from its
   * expiry is not asked for.
   */
  async freshForMs(keys: readonly Asked[], mayBelieve: boolean): Promise<number[]> {
    const { clock, cache } = this.#options;
    const now = clock.monotonic();
    const isKnown = ({ key, policy }: Asked) => {
      const known = this.#known.get(key);
      return known && now < known.believedUntil && known.freshUntil - now > policy.freshForMs * EARLY_SHARE;
    };
    const toAsk = keys.filter((key) => !mayBelieve || !isKnown(key));
    const before = this.#known;
    // Forgets keys that are not warmed any more.
    if (mayBelieve) this.#known = new Map(keys.flatMap(({ key }) => entryOf(before, key)));
    for (let i = 0; i < toAsk.length; i += BATCH) {
      const batch = toAsk.slice(i, i + BATCH);
      const freshForMs = await cache.freshForMs(batch.map(({ key }) => key));
      batch.forEach(({ key }, j) => {
        const until = (freshForMs[j] ?? 0) + now;
        if (!this.#isDeferred(key, now)) this.#known.set(key, { freshUntil: until, believedUntil: now + BELIEVED_MS });
      });
    }
    return keys.map(({ key }) => Math.max(0, (this.#known.get(key)?.freshUntil ?? 0) - now));
  }

  forget(key: CacheKey): void {
    this.#known.delete(key);
  }

  /** Treats a key that could not be loaded as fresh for `ms`. */
  defer(key: CacheKey, ms: number): void {
    const until = this.#options.clock.monotonic() + ms;
    this.#known.set(key, { freshUntil: Number.POSITIVE_INFINITY, believedUntil: until });
  }

  #isDeferred(key: CacheKey, now: number): boolean {
    const known = this.#known.get(key);
    return known?.freshUntil === Number.POSITIVE_INFINITY && now < known.believedUntil;
  }
}

function entryOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): [Key, Value][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}
