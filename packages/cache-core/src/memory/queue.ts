import type { CachedEntry, EntryQueue } from '../model/cached-entry.ts';

/** A FIFO queue of entries. Each entry is in one queue at most; every operation takes constant time. */
export class Queue implements EntryQueue {
  bytes = 0;
  /** The sum of the squares of the bytes of each entry. */
  squares = 0;
  length = 0;
  oldest: CachedEntry | null = null;
  readonly grown: EntryQueue['grown'];
  readonly decoded: EntryQueue['decoded'];
  #newest: CachedEntry | null = null;

  /** @param events called when an entry of the queue has grown or has been decoded */
  constructor({ grown, decoded }: Pick<EntryQueue, 'grown' | 'decoded'>) {
    this.grown = grown;
    this.decoded = decoded;
  }

  push(cached: CachedEntry): void {
    cached.queue = this;
    cached.newer = null;
    cached.older = this.#newest;
    if (this.#newest) this.#newest.newer = cached;
    else this.oldest = cached;
    this.#newest = cached;
    this.#count(cached.countedBytes, 1);
    this.length++;
  }

  remove(cached: CachedEntry): void {
    if (cached.newer) cached.newer.older = cached.older;
    else this.#newest = cached.older;
    if (cached.older) cached.older.newer = cached.newer;
    else this.oldest = cached.newer;
    cached.queue = cached.newer = cached.older = null;
    this.#count(cached.countedBytes, -1);
    this.length--;
  }

  replace(before: CachedEntry, cached: CachedEntry): void {
    const { newer, older } = before;
    cached.queue = this;
    cached.newer = newer;
    cached.older = older;
    if (newer) newer.older = cached;
    else this.#newest = cached;
    if (older) older.newer = cached;
    else this.oldest = cached;
    before.queue = before.newer = before.older = null;
    this.#count(before.countedBytes, -1);
    this.#count(cached.countedBytes, 1);
  }

  recount(cached: CachedEntry): void {
    this.#count(cached.countedBytes, -1);
    cached.countedBytes = cached.sizeBytes;
    this.#count(cached.countedBytes, 1);
  }

  #count(bytes: number, sign: 1 | -1): void {
    this.bytes += sign * bytes;
    this.squares += sign * bytes * bytes;
  }
}
