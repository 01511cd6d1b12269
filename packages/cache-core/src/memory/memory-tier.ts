import type { CachedEntry } from '../model/cached-entry.ts';
import { compareStamps } from '../model/entry.ts';
import type { CacheKey } from '../model/key.ts';
import { Ghosts } from './ghosts.ts';
import { Queue, Slot } from './queue.ts';

/** The share of the bytes for entries on trial. */
const TRIAL_SHARE = 0.1;
/** The maximum number of counted hits: they spare a formerly hot entry for a bounded time. */
const MAX_COUNTED_HITS = 48;
/** The maximum number of times that an entry without further hits is spared. */
const MAX_REPRIEVES = 3;
/** The hits that the largest entries need, where an entry of mean size needs one. */
const MAX_COST = 16;
/** The maximum number of entries that one eviction spares, so that it takes a bounded time. */
const MAX_SPARED_AT_ONCE = 256;

/**
 * The entries of this process, bounded in bytes. With zero bytes it stores nothing.
 *
 * Eviction follows S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): a new entry is on
 * trial in a small queue, and moves to the main one only if it was read again before it reached the end. A flood of keys
 * that are read once passes through a tenth of the bytes. At the end of the main queue, entries that were read since
 * their last pass are spared. A hit only increments a counter. Beyond the paper, an entry of n times the mean size needs
 * n times the hits, and an evicted entry is remembered with its hits.
 */
export class MemoryTier {
  /** The bytes that the entries may take. */
  readonly maxBytes: number;
  readonly #slots = new Map<CacheKey, Slot>();
  readonly #trial = new Queue();
  readonly #main = new Queue();
  readonly #ghosts = new Ghosts();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(key: CacheKey): CachedEntry | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.hits < MAX_COUNTED_HITS) slot.hits++;
    return slot.cached;
  }

  /** Returns the entry without counting a hit. */
  peek(key: CacheKey): CachedEntry | undefined {
    return this.#slots.get(key)?.cached;
  }

  /**
   * Returns true if the entry is stored. Invariant: an entry never replaces one with a newer stamp, or one of a later
   * load with the same stamp.
   */
  put(cached: CachedEntry): boolean {
    const slot = this.#slots.get(cached.key);
    if (slot && isNewer(slot.cached, cached)) return false;
    if (!this.fits(cached)) {
      if (slot) this.#remove(slot);
      return false;
    }
    if (slot) cached.adopt(slot.cached);
    cached.ownBody();
    cached.onGrown = this.#onGrown;
    if (slot) {
      slot.cached = cached;
      slot.queue?.resize(slot, cached.sizeBytes);
    } else this.#add(cached);
    this.#makeRoom();
    return this.#slots.get(cached.key)?.cached === cached;
  }

  /** Returns true if an entry fits into an empty tier. */
  fits({ sizeBytes }: CachedEntry): boolean {
    return sizeBytes <= this.maxBytes;
  }

  evict(key: CacheKey): boolean {
    const slot = this.#slots.get(key);
    if (slot) this.#leave(slot);
    return slot !== undefined;
  }

  each(visit: (cached: CachedEntry) => void): void {
    for (const { cached } of this.#slots.values()) visit(cached);
  }

  evictWhere(hit: (key: CacheKey, cached: CachedEntry) => boolean): number {
    const before = this.#slots.size;
    for (const [key, slot] of this.#slots) if (hit(key, slot.cached)) this.#leave(slot);
    return before - this.#slots.size;
  }

  get sizeBytes(): number {
    return this.#trial.bytes + this.#main.bytes;
  }

  get size(): number {
    return this.#slots.size;
  }

  #add(cached: CachedEntry): void {
    const hits = this.#ghosts.recall(cached.key);
    const slot = new Slot(cached, hits === null ? 0 : hits + 1);
    this.#slots.set(cached.key, slot);
    const cost = this.#costOf(slot);
    if (slot.hits >= cost) this.#spare(slot, cost);
    else this.#trial.push(slot);
    this.#ghosts.growTo(this.#slots.size);
  }

  /**
   * Counts the entry again and evicts others for its growth. An entry that is too large on its own drops its value and
   * variants.
   */
  readonly #onGrown = (cached: CachedEntry): void => {
    const slot = this.#slots.get(cached.key);
    if (slot?.cached !== cached) return;
    if (!this.fits(cached)) cached.shed();
    slot.queue?.resize(slot, cached.sizeBytes);
    this.#makeRoom();
  };

  #makeRoom(): void {
    for (let spared = 0; this.sizeBytes > this.maxBytes; ) {
      const isTrial = this.#trial.bytes > TRIAL_SHARE * this.maxBytes || this.#main.oldest === null;
      const slot = (isTrial ? this.#trial : this.#main).oldest;
      if (!slot) return;
      const cost = this.#costOf(slot);
      if (slot.hits >= cost && spared++ < MAX_SPARED_AT_ONCE) this.#spare(slot, cost);
      else {
        if (isTrial) this.#leave(slot);
        else this.#remove(slot);
        spared = 0;
      }
    }
  }

  /** Returns the number of hits that an entry of this size needs. */
  #costOf({ bytes }: Slot): number {
    const meanBytes = this.sizeBytes / Math.max(1, this.#trial.length + this.#main.length);
    return Math.min(Math.max(Math.round(bytes / meanBytes), 1), MAX_COST);
  }

  /** Moves it to the end of the main queue, which costs a part of its hits. */
  #spare(slot: Slot, cost: number): void {
    slot.queue?.remove(slot);
    slot.hits = Math.min(slot.hits, MAX_REPRIEVES * cost) - cost;
    this.#main.push(slot);
  }

  /** Removes it and remembers its hits, which count if it returns. */
  #leave(slot: Slot): void {
    this.#ghosts.remember(slot.cached.key, slot.hits);
    this.#remove(slot);
  }

  #remove(slot: Slot): void {
    slot.queue?.remove(slot);
    this.#slots.delete(slot.cached.key);
  }
}

function isNewer(there: CachedEntry, cached: CachedEntry): boolean {
  return (compareStamps(there, cached) || there.loadedAt - cached.loadedAt) > 0;
}
