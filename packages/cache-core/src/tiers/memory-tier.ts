import { LRUCache } from 'lru-cache';
import { compareStamps, type Entry } from '../entry.ts';
import type { CacheKey } from '../key.ts';
import { type SelectorToken, tokenOfTag, tokensOfKey } from '../selector.ts';

/** An entry with what a read needs at hand. */
export interface Kept {
  readonly entry: Entry;
  /** Every selector that would hit it. */
  readonly tokens: readonly SelectorToken[];
  /** When its load began, on this process's monotonic clock; null when another process loaded it. */
  readonly loadBeganAt: number | null;
}

/** What an entry takes beside its body and texts: objects, list node. Rounded up. */
const OVERHEAD_BYTES = 768;
/** What a token takes beside its characters; tags have two, a text and a token. */
const TOKEN_BYTES = 64;

/** Entries of this process, bounded in bytes, the least recently used leave first. */
export class MemoryTier {
  readonly #entries: LRUCache<CacheKey, Kept>;

  constructor(maxBytes: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ entry, tokens }, key) =>
        tokens.reduce((bytes, token) => bytes + 2 * token.length + TOKEN_BYTES, 0) +
        entry.body.length +
        2 * key.length +
        OVERHEAD_BYTES,
    });
  }

  get(key: CacheKey): Kept | undefined {
    return this.#entries.get(key);
  }

  /** Invariant: an entry never takes the place of one with a newer stamp, nor of a later load with the same. */
  put(key: CacheKey, entry: Entry, loadBeganAt: number | null): void {
    const there = this.#entries.peek(key)?.entry;
    if (there && (compareStamps(there, entry) || there.loadedAt - entry.loadedAt) > 0) return;
    const tokens = [...tokensOfKey(key), ...entry.tags.map(tokenOfTag)];
    this.#entries.set(key, { entry: { ...entry, body: owned(entry.body) }, tokens, loadBeganAt });
  }

  evict(key: CacheKey): boolean {
    return this.#entries.delete(key);
  }

  evictWhere(hit: (key: CacheKey, kept: Kept) => boolean): number {
    let evicted = 0;
    for (const [key, kept] of this.#entries.entries()) if (hit(key, kept) && this.#entries.delete(key)) evicted++;
    return evicted;
  }

  get sizeBytes(): number {
    return this.#entries.calculatedSize;
  }

  get size(): number {
    return this.#entries.size;
  }
}

/** Memory of its own: a slice would keep all of the chunk that it came in, so that the bytes counted were not those held. */
function owned(body: Buffer): Buffer {
  if (body.buffer.byteLength === body.length) return body;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return own;
}
