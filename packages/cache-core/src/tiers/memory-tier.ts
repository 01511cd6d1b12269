import { compareStamps } from '../entry.ts';
import type { CacheKey } from '../key.ts';
import { Ghosts } from './ghosts.ts';
import type { Kept } from './kept.ts';
import { Queue, Slot } from './queue.ts';

/** The share of the bytes that entries have to prove themselves in. */
const TRIAL_SHARE = 0.1;
/** The most hits that are counted: an entry that was hot lives for a bounded time on that. */
const MOST_HITS = 48;
/** How often an entry that nobody asks for any more is spared, at the most. */
const MOST_REPRIEVES = 3;
/** What the biggest have to show, in hits, where an entry of middling size has to show one. */
const MOST_COST = 16;
/** How many are spared before one has to leave: an eviction takes a bounded time however many are hot. */
const MOST_SPARED_AT_ONCE = 256;

/**
 * Entries of this process, bounded in bytes. With no bytes it keeps nothing.
 *
 * Who leaves is decided as in S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): a new
 * entry is on trial in a small queue, and moves to the main one only if it was asked for again before it got to the end, so
 * a flood of keys that nobody asks for twice passes through a tenth of the bytes. At the end of the main queue what was
 * asked for meanwhile is spared. A hit only counts up. Beyond the paper, an entry of n times the mean size has to show n
 * times the hits, and what left is remembered with its hits.
 */
export class MemoryTier {
  readonly #maxBytes: number;
  readonly #slots = new Map<CacheKey, Slot>();
  readonly #trial = new Queue();
  readonly #main = new Queue();
  readonly #ghosts = new Ghosts();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: CacheKey): Kept | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.hits < MOST_HITS) slot.hits++;
    return slot.kept;
  }

  /** The entry, without counting it as asked for. */
  peek(key: CacheKey): Kept | undefined {
    return this.#slots.get(key)?.kept;
  }

  /**
   * Answers whether it is kept now. Invariant: an entry never takes the place of one with a newer stamp, nor of a later
   * load with the same.
   */
  put(kept: Kept): boolean {
    const slot = this.#slots.get(kept.key);
    if (slot && isNewer(slot.kept, kept)) return false;
    if (!this.fits(kept)) {
      if (slot) this.#remove(slot);
      return false;
    }
    if (slot) kept.adopt(slot.kept);
    kept.ownBody();
    kept.onGrown = this.#onGrown;
    if (slot) {
      slot.kept = kept;
      slot.queue?.resize(slot, kept.sizeBytes);
    } else this.#add(kept);
    this.#makeRoom();
    return this.#slots.get(kept.key)?.kept === kept;
  }

  /** Whether an entry is small enough, with everything else gone. */
  fits({ sizeBytes }: Kept): boolean {
    return sizeBytes <= this.#maxBytes;
  }

  evict(key: CacheKey): boolean {
    const slot = this.#slots.get(key);
    if (slot) this.#leave(slot);
    return slot !== undefined;
  }

  each(visit: (kept: Kept) => void): void {
    for (const { kept } of this.#slots.values()) visit(kept);
  }

  evictWhere(hit: (key: CacheKey, kept: Kept) => boolean): number {
    const before = this.#slots.size;
    for (const [key, slot] of this.#slots) if (hit(key, slot.kept)) this.#leave(slot);
    return before - this.#slots.size;
  }

  get sizeBytes(): number {
    return this.#trial.bytes + this.#main.bytes;
  }

  get size(): number {
    return this.#slots.size;
  }

  #add(kept: Kept): void {
    const hits = this.#ghosts.recall(kept.key);
    const slot = new Slot(kept, hits === null ? 0 : hits + 1);
    this.#slots.set(kept.key, slot);
    const cost = this.#costOf(slot);
    if (slot.hits >= cost) this.#spare(slot, cost);
    else this.#trial.push(slot);
    this.#ghosts.growTo(this.#slots.size);
  }

  /** Counts it anew; others make room for what it has grown. One that is too large by itself stays without what has grown. */
  readonly #onGrown = (kept: Kept): void => {
    const slot = this.#slots.get(kept.key);
    if (slot?.kept !== kept) return;
    if (!this.fits(kept)) kept.shed();
    slot.queue?.resize(slot, kept.sizeBytes);
    this.#makeRoom();
  };

  #makeRoom(): void {
    for (let spared = 0; this.sizeBytes > this.#maxBytes; ) {
      const isTrial = this.#trial.bytes > TRIAL_SHARE * this.#maxBytes || this.#main.oldest === null;
      const slot = (isTrial ? this.#trial : this.#main).oldest;
      if (!slot) return;
      const cost = this.#costOf(slot);
      if (slot.hits >= cost && spared++ < MOST_SPARED_AT_ONCE) this.#spare(slot, cost);
      else {
        if (isTrial) this.#leave(slot);
        else this.#remove(slot);
        spared = 0;
      }
    }
  }

  /** How many hits an entry of this size has to show. */
  #costOf({ bytes }: Slot): number {
    const meanBytes = this.sizeBytes / Math.max(1, this.#trial.length + this.#main.length);
    return Math.min(Math.max(Math.round(bytes / meanBytes), 1), MOST_COST);
  }

  /** Sends it to the end of the main queue, for a part of its hits. */
  #spare(slot: Slot, cost: number): void {
    slot.queue?.remove(slot);
    slot.hits = Math.min(slot.hits, MOST_REPRIEVES * cost) - cost;
    this.#main.push(slot);
  }

  /** Removes it, but not how often it was asked for: that counts if it comes back. */
  #leave(slot: Slot): void {
    this.#ghosts.remember(slot.kept.key, slot.hits);
    this.#remove(slot);
  }

  #remove(slot: Slot): void {
    slot.queue?.remove(slot);
    this.#slots.delete(slot.kept.key);
  }
}

function isNewer(there: Kept, kept: Kept): boolean {
  return (compareStamps(there.entry, kept.entry) || there.entry.loadedAt - kept.entry.loadedAt) > 0;
}
