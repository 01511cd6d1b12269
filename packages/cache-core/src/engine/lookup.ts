import { LRUCache } from 'lru-cache';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { type Rejected, rejected as rejectedAs } from '../envelope/rejected.ts';
import type { Follower } from '../log/follower.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import type { Clock, Instant } from '../model/clock.ts';
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

/** Why a tier has nothing to serve. `outdated`: an invalidation hit it, or the log began a new epoch. */
export type Missing = 'absent' | 'outdated' | 'expired';

/** `unreachable`: the shared tier did not answer. Its guard has logged that; the origin answers. */
export type LookupMiss = Missing | 'unreachable';

const NOT_ASKED: Promise<LookupMiss> = Promise.resolve('absent');

export const isCachedEntry = (found: CachedEntry | LookupMiss): found is CachedEntry => typeof found !== 'string';

/** Finds entries in the tiers, and decides whether one may be served. Nothing else decides that. */
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

  /** With the log unreachable, only entries are servable whose load began in this process within `maxAgeWhenDisconnectedMs`. */
  isServableBlind(cached: CachedEntry): boolean {
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

  /** Whether the entry may be served while it is reloaded. */
  mayRevalidate(cached: CachedEntry): boolean {
    return this.#nowFor(cached) < cached.revalidateUntil;
  }

  /** Whether the entry may be served at all, as far as time decides. */
  isAlive(cached: CachedEntry): boolean {
    return this.#nowFor(cached) < cached.staleUntil;
  }

  /** The fast path of a hit. The caller passes the time: reading a clock here would cost more than the rest. */
  freshInMemory(key: CacheKey, at: Instant): CachedEntry | null {
    const { memory, switches, follower } = this.#options;
    if (!follower.isCurrentAt(at) || !switches.isOn('memory', key)) return null;
    const cached = memory.get(key);
    return cached &&
      nowOf(cached, at) < cached.freshUntil &&
      this.isServable(cached) &&
      this.#judged(cached).isUnexpired
      ? cached
      : null;
  }

  inMemory(key: CacheKey, verified: boolean): CachedEntry | Missing {
    const { memory, switches } = this.#options;
    return this.usable(switches.isOn('memory', key) ? memory.get(key) : null, verified);
  }

  /** Returns the entry if a read may serve it, fresh or stale; else why not. */
  usable(cached: CachedEntry | null | undefined, verified: boolean): CachedEntry | Missing {
    if (!cached) return 'absent';
    if (!(verified ? this.isServable(cached) : this.isServableBlind(cached))) return 'outdated';
    return this.isAlive(cached) ? cached : 'expired';
  }

  /**
   * Puts an entry into this process's memory. It replaces an entry past its `staleUntil`, whatever the stamps. Returns whether it is
   * in memory now: false if it is too large, or if memory has a newer entry.
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

  /**
   * Looks the key up in the shared tier, once for all callers that ask meanwhile. The tier sends the lookups of one turn of the
   * event loop together. The entry is checked for each caller against the invalidations known when that caller arrives. Returns `absent` for
   * damaged bytes.
   */
  async inShared(key: CacheKey): Promise<CachedEntry | LookupMiss> {
    const found = await (this.#lookups.get(key) ?? this.#lookUp(key));
    return isCachedEntry(found) && !this.isServable(found) ? 'outdated' : found;
  }

  /** Drops an entry whose body is not JSON: from here on the key is a miss, in memory and in the shared tier. */
  async drop(cached: CachedEntry): Promise<void> {
    const { memory } = this.#options;
    if (memory.peek(cached.key) === cached) memory.evict(cached.key);
    await this.#refused(cached.key, NOT_JSON);
  }

  #lookUp(key: CacheKey): Promise<CachedEntry | LookupMiss> {
    const { shared, switches } = this.#options;
    if (!shared || !switches.isOn('redis', key)) return NOT_ASKED;
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
        if (!(error instanceof Unreachable)) this.#options.logger.error({ err: error }, `looking for ${key}`);
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
    // Its stamp may claim to be newer than any other, so that no fill would replace it.
    if (rejected === 'damaged' || rejected === 'oversized') await shared?.remove(key).catch(ifUnreachable(false));
    return 'absent';
  }

  #nowFor(cached: CachedEntry): number {
    const { clock } = this.#options;
    return nowOf(cached, { monotonic: clock.monotonic(), wall: clock.now() });
  }

  /** Looks the entry up in the index again only once the index has changed, and only for later hits: hits are never removed. */
  #judged(cached: CachedEntry): CachedEntry {
    const { index, epoch, stamp } = this.#options.follower;
    if (cached.indexVersion === index.version) return cached;
    const since = Math.max(cached.asOf, cached.upTo);
    if (!index.isQuietSince(since)) {
      const { targets } = cached;
      cached.isServable &&= !index.isHitSince('invalidate', targets, since);
      cached.isUnexpired &&= !index.isHitSince('expire', targets, since);
    }
    cached.indexVersion = index.version;
    // Positions of another epoch do not apply to this entry.
    cached.upTo = cached.epoch === epoch ? stamp.asOf : 0;
    return cached;
  }
}

/** A step of the wall clock cannot lengthen a lifetime: the time since this process received an entry counts by both clocks. */
function nowOf({ wallAtZero }: CachedEntry, at: Instant): number {
  return Math.max(at.wall, at.monotonic + wallAtZero);
}

/** Makes a cached entry of one that another process stored, and that this process has just received. */
export function receive(key: CacheKey, decoded: Entry, clock: Clock): CachedEntry {
  const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
  return new CachedEntry(key, clampClockSkew(decoded, seenAt.wall), null, seenAt);
}

/** The times of a process whose clock is ahead are too late: its entries live for their time from the moment they are received. */
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
