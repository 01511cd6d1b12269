import { LRUCache } from 'lru-cache';
import { compareStamps } from '../entry.ts';
import type { CacheKey } from '../key.ts';
import type { Kept } from './kept.ts';

/** Entries of this process, bounded in bytes, the least recently used leave first. With no bytes it keeps nothing. */
export class MemoryTier {
  readonly #entries: LRUCache<CacheKey, Kept> | null;

  constructor(maxBytes: number) {
    this.#entries =
      maxBytes === 0 ? null : new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ sizeBytes }) => sizeBytes });
  }

  get(key: CacheKey): Kept | undefined {
    return this.#entries?.get(key);
  }

  /**
   * Answers whether it is kept now. Invariant: an entry never takes the place of one with a newer stamp, nor of a later
   * load with the same.
   */
  put(kept: Kept): boolean {
    if (!this.#entries) return false;
    const there = this.#entries.peek(kept.key);
    if (there && isNewer(there, kept)) return false;
    kept.ownBody();
    kept.onGrown = this.#onGrown;
    this.#entries.set(kept.key, kept);
    return this.#entries.peek(kept.key) === kept;
  }

  evict(key: CacheKey): boolean {
    return this.#entries?.delete(key) ?? false;
  }

  evictWhere(hit: (key: CacheKey, kept: Kept) => boolean): number {
    if (!this.#entries) return 0;
    let evicted = 0;
    for (const [key, kept] of this.#entries.entries()) if (hit(key, kept) && this.#entries.delete(key)) evicted++;
    return evicted;
  }

  get sizeBytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  /** Counts it anew; others make room for what it has grown. */
  readonly #onGrown = (kept: Kept): void => {
    if (this.#entries?.peek(kept.key) !== kept) return;
    this.#entries.delete(kept.key);
    this.#entries.set(kept.key, kept);
  };
}

function isNewer(there: Kept, kept: Kept): boolean {
  return (compareStamps(there.entry, kept.entry) || there.entry.loadedAt - kept.entry.loadedAt) > 0;
}
