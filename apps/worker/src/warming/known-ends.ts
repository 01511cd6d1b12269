import type { CacheKey, CacheManager, Clock } from '@pilotlight/cache-core';
import { BELIEVED_MS, EARLY_SHARE } from './limits.ts';

export interface KnownEndsOptions {
  readonly clock: Clock;
  readonly cache: Pick<CacheManager, 'freshForMs'>;
}

interface Asked {
  readonly key: CacheKey;
  readonly policy: { readonly freshForMs: number };
}

/** Keys asked for in one round trip: their answers come with them. */
const BATCH = 50;

/** Until when keys are fresh, as was last seen: of most keys a sweep need not ask again. */
export class KnownEnds {
  readonly #options: KnownEndsOptions;
  /** Both by the monotonic clock. */
  #known = new Map<CacheKey, { readonly freshUntil: number; readonly believedUntil: number }>();

  constructor(options: KnownEndsOptions) {
    this.#options = options;
  }

  /** How long each is fresh for, in their order. With `mayBelieve`, one that has a while to go is not asked for again. */
  async freshForMs(keys: readonly Asked[], mayBelieve: boolean): Promise<number[]> {
    const { clock, cache } = this.#options;
    const now = clock.monotonic();
    const isKnown = ({ key, policy }: Asked) => {
      const known = this.#known.get(key);
      return known && now < known.believedUntil && known.freshUntil - now > policy.freshForMs * EARLY_SHARE;
    };
    const toAsk = keys.filter((key) => !mayBelieve || !isKnown(key));
    const before = this.#known;
    // What is looked after no more is not remembered either.
    if (mayBelieve) this.#known = new Map(keys.flatMap(({ key }) => entryOf(before, key)));
    for (let i = 0; i < toAsk.length; i += BATCH) {
      const batch = toAsk.slice(i, i + BATCH);
      const freshForMs = await cache.freshForMs(batch.map(({ key }) => key));
      batch.forEach(({ key }, j) => {
        const until = (freshForMs[j] ?? 0) + now;
        if (!this.#isPutOff(key, now)) this.#known.set(key, { freshUntil: until, believedUntil: now + BELIEVED_MS });
      });
    }
    return keys.map(({ key }) => Math.max(0, (this.#known.get(key)?.freshUntil ?? 0) - now));
  }

  forget(key: CacheKey): void {
    this.#known.delete(key);
  }

  /** Counts as fresh for so long, whatever it is: it can't be loaded. */
  putOff(key: CacheKey, ms: number): void {
    const until = this.#options.clock.monotonic() + ms;
    this.#known.set(key, { freshUntil: Number.POSITIVE_INFINITY, believedUntil: until });
  }

  #isPutOff(key: CacheKey, now: number): boolean {
    const known = this.#known.get(key);
    return known?.freshUntil === Number.POSITIVE_INFINITY && now < known.believedUntil;
  }
}

function entryOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): [Key, Value][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}
