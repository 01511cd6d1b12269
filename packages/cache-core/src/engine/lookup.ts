import { LRUCache } from 'lru-cache';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { type Rejected, rejected as rejectedAs } from '../envelope/rejected.ts';
import type { Follower } from '../log/follower.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import type { Entry } from '../model/entry.ts';
import { ifUnreachable, Unreachable } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import type { Switches } from './switches.ts';

export interface LookupOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly switches: Switches;
  readonly codec: EntryCodec;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly maxAgeWhenDisconnectedMs: number;
  readonly logger: CacheLogger;
}

const MAX_REPORTED = 1_000;
const NOT_JSON = rejectedAs('damaged', 'its body is not JSON');

/** Why a tier has no usable entry. `outdated`: an invalidation hit the entry, or the log began a new epoch. */
export type Missing = 'absent' | 'outdated' | 'expired';

/** `unreachable`: the shared tier did not answer. Its guard has logged that, and the read loads the key. */
export type LookupMiss = Missing | 'unreachable';

const NOT_ASKED: Promise<LookupMiss> = Promise.resolve('absent');

/** A lookup in the shared tier without a usable entry, and how long it took. */
export interface SharedMiss {
  readonly missing: LookupMiss;
  readonly ms: number;
}

export const isCachedEntry = (found: CachedEntry | LookupMiss): found is CachedEntry => typeof found !== 'string';

/** Finds entries in the tiers and decides whether they may be served. No other module decides that. */
export class Lookup {
  readonly #options: LookupOptions;
  /** The lookups in the shared tier that are in progress. */
  readonly #lookups = new Map<CacheKey, Promise<CachedEntry | LookupMiss>>();
  /** Keys whose unusable bytes have been logged: reads find these bytes again until a load replaces them. */
  readonly #reported = new LRUCache<CacheKey, true>({ maxSize: MAX_REPORTED, sizeCalculation: () => 1 });

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /**
   * Invariant (the fence): an entry is servable only if no invalidation after its stamp hit it. A stamp of an earlier epoch
   * proves nothing in this one.
   */
  isServable(cached: CachedEntry): boolean {
    const { follower } = this.#options;
    return cached.epoch === follower.epoch && follower.synced && this.#judged(cached).isServable;
  }

  /** With the log unreachable, an entry is servable only if its load began in this process within `maxAgeWhenDisconnectedMs`. */
  isServableWhileDisconnected(cached: CachedEntry): boolean {
    const { follower, clock, maxAgeWhenDisconnectedMs } = this.#options;
    if (cached.loadBeganAt === null || clock.monotonic() - cached.loadBeganAt > maxAgeWhenDisconnectedMs) return false;
    return cached.epoch === follower.epoch && this.#judged(cached).isServable;
  }

  isFresh(cached: CachedEntry, forMs = 0): boolean {
    return this.#nowFor(cached) + forMs < cached.freshUntil && this.#judged(cached).isUnexpired;
  }

  /** Returns for how many milliseconds the entry is fresh if nothing hits it; 0 if it is not fresh. */
  freshForMs(cached: CachedEntry): number {
    return this.isFresh(cached) ? cached.freshUntil - this.#nowFor(cached) : 0;
  }

  /** Returns whether the entry may be served while it is reloaded. */
  mayRevalidate(cached: CachedEntry): boolean {
    return this.#nowFor(cached) < cached.revalidateUntil;
  }

  /** Returns whether the entry is before its `staleUntil`. */
  isAlive(cached: CachedEntry): boolean {
    return this.#nowFor(cached) < cached.staleUntil;
  }

  /** Returns a fresh entry of memory, or null. This is the fast path of a hit: the caller passes the time, because clocks are slow. */
  freshInMemory(key: CacheKey, monotonic: number, wall: number): CachedEntry | null {
    const { memory, switches, follower } = this.#options;
    if (!follower.isCurrentAt(monotonic, wall) || !switches.isOn('memory', key)) return null;
    const cached = memory.get(key);
    if (cached === undefined || !this.#isGood(cached)) return null;
    return cached.isSurelyFreshAt(monotonic, wall) || nowOf(cached, monotonic, wall) < cached.freshUntil ? cached : null;
  }

  /** Returns whether no invalidation keeps the entry from being served as fresh. Epoch and `synced` change only with the index's version. */
  #isGood(cached: CachedEntry): boolean {
    return cached.goodAt === this.#options.follower.index.version || this.#becomesGood(cached);
  }

  #becomesGood(cached: CachedEntry): boolean {
    if (!this.isServable(cached) || !this.#judged(cached).isUnexpired) return false;
    cached.goodAt = this.#options.follower.index.version;
    return true;
  }

  inMemory(key: CacheKey, verified: boolean): CachedEntry | Missing {
    const { memory, switches } = this.#options;
    return this.usable(switches.isOn('memory', key) ? memory.get(key) : null, verified);
  }

  /** Returns the entry if a read may serve it, fresh or stale, else the reason. */
  usable(cached: CachedEntry | null | undefined, verified: boolean): CachedEntry | Missing {
    if (!cached) return 'absent';
    if (!(verified ? this.isServable(cached) : this.isServableWhileDisconnected(cached))) return 'outdated';
    return this.isAlive(cached) ? cached : 'expired';
  }

  /**
   * Stores an entry in this process's memory. It replaces an entry past its `staleUntil` whatever the stamps are. Returns whether it is
   * stored: false if it is too large, or if memory has a newer entry.
   */
  keep(cached: CachedEntry): boolean {
    const { memory, switches } = this.#options;
    if (!switches.isOn('memory', cached.key)) return false;
    const there = memory.peek(cached.key);
    if (there && !this.isAlive(there)) memory.evict(cached.key);
    if (!memory.put(cached)) return false;
    if (this.isAlive(cached)) return true;
    memory.evict(cached.key);
    return false;
  }

  /** Returns whether a lookup in the shared tier can find this key. */
  asksShared(key: CacheKey): boolean {
    const { shared, switches } = this.#options;
    return shared !== null && switches.isOn('redis', key);
  }

  /**
   * Looks the key up in the shared tier. Concurrent callers share one lookup, and the tier sends the lookups of one turn of the event
   * loop together. The entry is then checked against the invalidations that this process has applied. Returns `absent` for damaged
   * bytes.
   */
  async inShared(key: CacheKey): Promise<CachedEntry | LookupMiss> {
    const found = await (this.#lookups.get(key) ?? this.#lookUp(key));
    return isCachedEntry(found) && !this.isServable(found) ? 'outdated' : found;
  }

  /** Removes an entry whose body is not JSON from memory and from the shared tier. */
  async drop(cached: CachedEntry): Promise<void> {
    const { memory } = this.#options;
    if (memory.peek(cached.key) === cached) memory.evict(cached.key);
    await this.#refused(cached.key, NOT_JSON);
  }

  #lookUp(key: CacheKey): Promise<CachedEntry | LookupMiss> {
    const { shared } = this.#options;
    if (!shared || !this.asksShared(key)) return NOT_ASKED;
    const lookup = shared.get(key).then(
      (bytes) => {
        const found = bytes ? this.#found(key, bytes) : 'absent';
        if (found instanceof Promise) return found.finally(() => this.#lookups.delete(key));
        this.#lookups.delete(key);
        return found;
      },
      (error: unknown) => {
        this.#lookups.delete(key);
        // The tier's guard has logged that it is unreachable.
        if (!(error instanceof Unreachable))
          this.#options.logger.error({ err: error }, `looking up ${key} in the shared tier failed`);
        return 'unreachable' as const;
      },
    );
    this.#lookups.set(key, lookup);
    return lookup;
  }

  #found(key: CacheKey, bytes: Buffer): CachedEntry | Missing | Promise<CachedEntry | Missing> {
    const decoded = this.#options.codec.decode(key, bytes);
    return decoded instanceof Promise
      ? decoded.then((entry) => this.#decoded(key, entry))
      : this.#decoded(key, decoded);
  }

  #decoded(key: CacheKey, decoded: Entry | Rejected): CachedEntry | Missing | Promise<Missing> {
    if ('rejected' in decoded) return this.#refused(key, decoded);
    const cached = receive(key, decoded, this.#options.clock);
    if (this.#reported.size > 0 && this.#reported.has(key)) {
      if (!cached.isJson) return this.#refused(key, NOT_JSON);
      this.#reported.delete(key);
    }
    if (!this.isServable(cached)) return 'outdated';
    if (!this.isAlive(cached)) return 'expired';
    this.keep(cached);
    return cached;
  }

  async #refused(key: CacheKey, { rejected, why }: Rejected): Promise<Missing> {
    const { shared, logger } = this.#options;
    if (!this.#reported.has(key)) logger.warn(`ignored the bytes stored under ${key}: ${why} (${rejected})`);
    this.#reported.set(key, true);
    // The stamp of these bytes may be newer than any other, and then no fill would replace them.
    if (rejected === 'damaged' || rejected === 'oversized') await shared?.remove(key).catch(ifUnreachable(false));
    return 'absent';
  }

  #nowFor(cached: CachedEntry): number {
    const { clock } = this.#options;
    return nowOf(cached, clock.monotonic(), clock.now());
  }

  /** Updates the verdict of the entry if the index has changed since. Looks for later hits only, because hits are never removed. */
  #judged(cached: CachedEntry): CachedEntry {
    const { index, epoch, stamp } = this.#options.follower;
    if (cached.indexVersion === index.version) return cached;
    const since = Math.max(cached.asOf, cached.upTo);
    if (!index.isQuietSince(since)) {
      cached.isServable &&= !index.isHitSince('invalidate', cached, since);
      cached.isUnexpired &&= !index.isHitSince('expire', cached, since);
    }
    cached.indexVersion = index.version;
    // Positions of another epoch do not apply to this entry.
    cached.upTo = cached.epoch === epoch ? stamp.asOf : 0;
    return cached;
  }
}

/** Returns the time for an entry by the clock that is ahead, so that a step of the wall clock cannot lengthen a lifetime. */
function nowOf({ wallAtZero }: CachedEntry, monotonic: number, wall: number): number {
  return Math.max(wall, monotonic + wallAtZero);
}

/** Makes a cached entry of an entry that this process has just read from the shared tier. */
export function receive(key: CacheKey, decoded: Entry, clock: Clock): CachedEntry {
  const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
  return new CachedEntry(key, clampClockSkew(decoded, seenAt.wall), null, seenAt);
}

/** Moves the times of an entry back if the clock of the process that stored it was ahead. */
function clampClockSkew(entry: Entry, now: number): Entry {
  const aheadMs = entry.loadedAt - now;
  if (aheadMs <= 0) return entry;
  const { loadedAt, freshUntil, revalidateUntil, staleUntil } = entry;
  return {
    ...entry,
    loadedAt: loadedAt - aheadMs,
    freshUntil: freshUntil - aheadMs,
    revalidateUntil: revalidateUntil - aheadMs,
    staleUntil: staleUntil - aheadMs,
  };
}
