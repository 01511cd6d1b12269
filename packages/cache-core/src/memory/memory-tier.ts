import type { CachedEntry } from '../model/cached-entry.ts';
import { FIRST_CREDIT, HIT, READ_OFTEN } from '../model/credit.ts';
import { compareStamps } from '../model/entry.ts';
import type { CacheKey } from '../model/key.ts';
import { Ghosts } from './ghosts.ts';
import { LastFew } from './last-few.ts';
import { Queue } from './queue.ts';

/** The share of the bytes for entries on trial. */
const TRIAL_SHARE = 0.1;
/** The maximum credit: it spares a formerly hot entry for a bounded time. */
const MAX_CREDIT = 48 * HIT;
/** The maximum number of times that an entry of mean size without further hits is spared. */
const MAX_REPRIEVES = 3;
/** The cost of sparing the largest entries, where an entry of mean size costs one hit. */
const MAX_COST = 16 * HIT;
/** The maximum number of entries that one eviction spares, so that it takes a bounded time. */
const MAX_SPARED_AT_ONCE = 256;
/**
 * The number of entries that were decoded last, which have both body and value. Concurrent readers of one load get one value, so it
 * exceeds the number of reads that usually end in one turn of the event loop.
 */
const UNSETTLED = 64;

/**
 * The entries of this process, bounded in bytes. With zero bytes it stores nothing.
 *
 * Eviction follows S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): a new entry is on
 * trial in a small queue, and moves to the main one only if it was read again before it reached the end. A flood of keys
 * that are read once passes through a tenth of the bytes. At the end of the main queue, entries that were read since
 * their last pass are spared. A hit only adds to a counter, its credit. Beyond the paper, sparing an entry costs credit in
 * proportion to its bytes, and an evicted entry is remembered with its hits. The mean size is the root mean square: it lies
 * near the largest entries while they fill the tier, and near the others once these have been evicted, so that the price of
 * a byte follows the lack of bytes.
 *
 * An entry has its body and its value only while it is one of those decoded last, or if both are used.
 */
export class MemoryTier {
  /** The bytes that the entries may take. */
  readonly maxBytes: number;
  readonly #entries = new Map<CacheKey, CachedEntry>();
  readonly #trial: Queue;
  readonly #main: Queue;
  readonly #ghosts = new Ghosts();
  readonly #unsettled = new LastFew<CachedEntry>(UNSETTLED);

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    const events = {
      grown: (cached: CachedEntry) => this.#grown(cached),
      decoded: (cached: CachedEntry) => this.#decoded(cached),
    };
    this.#trial = new Queue(events);
    this.#main = new Queue(events);
  }

  get(key: CacheKey): CachedEntry | undefined {
    const cached = this.#entries.get(key);
    if (cached !== undefined && cached.credit < MAX_CREDIT) cached.credit += HIT;
    return cached;
  }

  /** Returns the entry without counting a hit. */
  peek(key: CacheKey): CachedEntry | undefined {
    return this.#entries.get(key);
  }

  /**
   * Returns true if the entry is stored. Invariant: an entry never replaces one with a newer stamp, or one of a later
   * load with the same stamp.
   */
  put(cached: CachedEntry): boolean {
    const there = this.#entries.get(cached.key);
    if (there === cached) return true;
    if (there && isNewer(there, cached)) return false;
    if (!this.fits(cached)) {
      if (there) this.#remove(there);
      return false;
    }
    if (there) cached.adopt(there);
    cached.own();
    if (there) this.#replace(there, cached);
    else this.#add(cached);
    this.#makeRoom();
    return cached.queue !== null;
  }

  /** Returns true if an entry fits into an empty tier. */
  fits({ sizeBytes }: CachedEntry): boolean {
    return sizeBytes <= this.maxBytes;
  }

  evict(key: CacheKey): boolean {
    const cached = this.#entries.get(key);
    if (cached) this.#leave(cached);
    return cached !== undefined;
  }

  each(visit: (cached: CachedEntry) => void): void {
    for (const cached of this.#entries.values()) visit(cached);
  }

  evictWhere(hit: (key: CacheKey, cached: CachedEntry) => boolean): number {
    const before = this.#entries.size;
    for (const [key, cached] of this.#entries) if (hit(key, cached)) this.#leave(cached);
    return before - this.#entries.size;
  }

  get sizeBytes(): number {
    return this.#trial.bytes + this.#main.bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  #add(cached: CachedEntry): void {
    const hits = this.#ghosts.recall(cached.key);
    cached.credit = FIRST_CREDIT + (hits === null ? 0 : (hits + 1) * HIT);
    cached.countedBytes = cached.sizeBytes;
    this.#entries.set(cached.key, cached);
    const cost = this.#costOf(cached);
    if (hits !== null && cached.credit >= cost) this.#spare(cached, cost);
    else this.#trial.push(cached);
    this.#ghosts.growTo(this.#entries.size);
  }

  /** Puts an entry in the place of an earlier one of its key. */
  #replace(before: CachedEntry, cached: CachedEntry): void {
    cached.credit = before.credit;
    cached.countedBytes = cached.sizeBytes;
    before.queue?.replace(before, cached);
    this.#unsettled.replace(before, cached);
    this.#entries.set(cached.key, cached);
  }

  /**
   * Counts the entry again and evicts others for its growth. An entry that is too large on its own drops its value and
   * variants.
   */
  #grown(cached: CachedEntry): void {
    if (!this.fits(cached)) cached.shed();
    cached.queue?.recount(cached);
    this.#makeRoom();
  }

  #decoded(cached: CachedEntry): void {
    const settled = this.#unsettled.add(cached);
    settled?.settle(settled.credit >= READ_OFTEN);
    settled?.queue?.recount(settled);
    this.#grown(cached);
  }

  #makeRoom(): void {
    for (let spared = 0; this.sizeBytes > this.maxBytes; ) {
      const isTrial = this.#trial.bytes > TRIAL_SHARE * this.maxBytes || this.#main.oldest === null;
      const cached = (isTrial ? this.#trial : this.#main).oldest;
      if (!cached) return;
      const cost = this.#costOf(cached);
      if (cached.credit >= cost && spared++ < MAX_SPARED_AT_ONCE) this.#spare(cached, cost);
      else {
        if (isTrial) this.#leave(cached);
        else this.#remove(cached);
        spared = 0;
      }
    }
  }

  /** Returns the credit that sparing an entry of this size takes. */
  #costOf({ countedBytes }: CachedEntry): number {
    const entries = this.#trial.length + this.#main.length;
    if (entries === 0) return HIT;
    const mean = this.sizeBytes / entries;
    const meanSquare = (this.#trial.squares + this.#main.squares) / entries;
    const rootMeanSquare = Math.sqrt(Math.max(meanSquare, mean * mean)); // Rounding may make the sum of the squares too small.
    return Math.min(Math.max(Math.round((HIT * countedBytes) / rootMeanSquare), 1), MAX_COST);
  }

  /** Moves it to the end of the main queue, which costs a part of its credit. */
  #spare(cached: CachedEntry, cost: number): void {
    cached.queue?.remove(cached);
    cached.credit = Math.min(cached.credit, MAX_REPRIEVES * Math.max(cost, HIT)) - cost;
    this.#main.push(cached);
  }

  /** Removes it and remembers its hits, which count if it returns. */
  #leave(cached: CachedEntry): void {
    this.#ghosts.remember(cached.key, Math.floor(cached.credit / HIT));
    this.#remove(cached);
  }

  #remove(cached: CachedEntry): void {
    cached.queue?.remove(cached);
    this.#unsettled.forget(cached);
    this.#entries.delete(cached.key);
  }
}

function isNewer(there: CachedEntry, cached: CachedEntry): boolean {
  return (compareStamps(there, cached) || there.loadedAt - cached.loadedAt) > 0;
}
