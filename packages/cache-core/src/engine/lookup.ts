import type { EntryCodec } from '../envelope/entry-codec.ts';
import type { Follower } from '../log/follower.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { SharedLookups } from './shared-lookups.ts';
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

/** Why a tier has no usable entry. `outdated`: an invalidation hit the entry, or the log began a new epoch. */
export type Missing = 'absent' | 'outdated' | 'expired';

/** `unreachable`: the shared tier did not answer. Its guard has logged that, and the read loads the key. */
export type LookupMiss = Missing | 'unreachable';

/** A lookup in the shared tier that has begun. Its callers take `found` in the same turn of the event loop: the lookup drops it at its end. */
export interface SharedLookup {
  readonly found: Promise<CachedEntry | LookupMiss>;
  /** On the monotonic clock. Earlier than the call that returned it if that call joined a lookup in progress. */
  readonly beganAt: number;
}

/** As `SharedLookup`, of several keys: `beganAt` is that of the earliest. */
export interface SharedLookupOfMany {
  readonly found: Promise<readonly (CachedEntry | LookupMiss)[]>;
  readonly beganAt: number;
}

const NOT_ASKED: SharedLookup = { found: Promise.resolve('absent'), beganAt: Number.NEGATIVE_INFINITY };

/** The result of a lookup in the shared tier, and how long its caller has waited for it. */
export interface SharedFinding {
  readonly found: CachedEntry | LookupMiss;
  readonly ms: number;
  /** As in `SharedLookup`. */
  readonly beganAt: number;
}

export const isCachedEntry = (found: CachedEntry | LookupMiss): found is CachedEntry => typeof found !== 'string';

/** Finds entries in the tiers and decides whether they may be served. No other module decides that. */
export class Lookup {
  readonly #options: LookupOptions;
  /** Null if memory is the only tier. */
  readonly #shared: SharedLookups | null;

  constructor(options: LookupOptions) {
    this.#options = options;
    const { shared, codec, clock, logger } = options;
    this.#shared = shared && new SharedLookups({ shared, codec, clock, logger, lookup: this });
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

  /** As `isFresh`, for a caller that has read the clocks. */
  isFreshAt(cached: CachedEntry, at: Instant): boolean {
    return nowOf(cached, at.monotonic, at.wall) < cached.freshUntil && this.#judged(cached).isUnexpired;
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

  /** As `isAlive`, for a caller that has read the clocks. */
  isAliveAt(cached: CachedEntry, at: Instant): boolean {
    return nowOf(cached, at.monotonic, at.wall) < cached.staleUntil;
  }

  /** Returns a fresh entry of memory, or null. This is the fast path of a hit: the caller passes the time, because clocks are slow. */
  freshInMemory(key: CacheKey, monotonic: number, wall: number): CachedEntry | null {
    const { memory, switches, follower } = this.#options;
    if (!follower.isCurrentAt(monotonic, wall) || !switches.isOn('memory', key)) return null;
    const cached = memory.get(key);
    if (cached === undefined || !this.#isGood(cached)) return null;
    return cached.isSurelyFreshAt(monotonic, wall) || nowOf(cached, monotonic, wall) < cached.freshUntil
      ? cached
      : null;
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
    if (memory.maxBytes === 0 || !switches.isOn('memory', cached.key)) return false;
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
    return this.stillServable(await this.find(key, this.#options.clock.monotonic()).found);
  }

  /**
   * As `inShared`, for a caller that passes the result through `stillServable` itself, and so saves a promise.
   *
   * @param now on the monotonic clock
   */
  find(key: CacheKey, now: number): SharedLookup {
    return this.#shared && this.asksShared(key) ? this.#shared.find(key, now) : NOT_ASKED;
  }

  /** As `find` for each key, in their order and with one promise. `asksShared` is true for all of them. */
  findMany(keys: readonly CacheKey[], now: number): SharedLookupOfMany {
    return (
      this.#shared?.findMany(keys, now) ?? {
        found: Promise.resolve(keys.map(() => 'absent')),
        beganAt: NOT_ASKED.beganAt,
      }
    );
  }

  /** Returns the result of a lookup, or `outdated` if an invalidation has hit the entry since. */
  stillServable(found: CachedEntry | LookupMiss): CachedEntry | LookupMiss {
    return isCachedEntry(found) && !this.isServable(found) ? 'outdated' : found;
  }

  /** Removes an entry whose body is not JSON from memory and from the shared tier. */
  async drop(cached: CachedEntry): Promise<void> {
    const { memory } = this.#options;
    if (memory.peek(cached.key) === cached) memory.evict(cached.key);
    await this.#shared?.dropNotJson(cached.key);
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
