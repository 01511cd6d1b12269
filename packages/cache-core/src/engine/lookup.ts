import { LRUCache } from 'lru-cache';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { type Rejected, rejected as rejectedAs } from '../envelope/rejected.ts';
import type { Follower } from '../log/follower.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { Entry } from '../model/entry.ts';
import { ifUnreachable, Unreachable } from '../model/errors.ts';
import { Kept } from '../model/kept.ts';
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
export type NotFound = Missing | 'unreachable';

const NOT_ASKED: Promise<NotFound> = Promise.resolve('absent');

export const isKept = (found: Kept | NotFound): found is Kept => typeof found !== 'string';

/** Finds entries in the tiers, and decides whether one may be served. Nothing else decides that. */
export class Lookup {
  readonly #options: LookupOptions;
  /** The lookups in the shared tier that are in progress. */
  readonly #lookups = new Map<CacheKey, Promise<Kept | NotFound>>();
  /** Keys whose unusable bytes have been logged: reads find these bytes again until a load replaces them. */
  readonly #reported = new LRUCache<CacheKey, true>({ maxSize: MAX_REPORTED, sizeCalculation: () => 1 });

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /**
   * Invariant (the fence): an entry is servable only if no invalidation after its stamp hit it. A stamp of an earlier epoch
   * proves nothing in this one.
   */
  isServable(kept: Kept): boolean {
    const { follower } = this.#options;
    return kept.epoch === follower.epoch && follower.synced && this.#judged(kept).isServable;
  }

  /** With the log unreachable, only entries are servable whose load began in this process within `maxAgeWhenDisconnectedMs`. */
  isServableBlind(kept: Kept): boolean {
    const { follower, clock, maxAgeWhenDisconnectedMs } = this.#options;
    if (kept.loadBeganAt === null || clock.monotonic() - kept.loadBeganAt > maxAgeWhenDisconnectedMs) return false;
    return kept.epoch === follower.epoch && this.#judged(kept).isServable;
  }

  isFresh(kept: Kept, forMs = 0): boolean {
    return this.#nowFor(kept) + forMs < kept.freshUntil && this.#judged(kept).isUnexpired;
  }

  /** Returns for how many milliseconds the entry is fresh if nothing hits it; 0 if it is not fresh. */
  freshForMs(kept: Kept): number {
    return this.isFresh(kept) ? kept.freshUntil - this.#nowFor(kept) : 0;
  }

  /** Whether the entry may be served while it is reloaded. */
  mayRevalidate(kept: Kept): boolean {
    return this.#nowFor(kept) < kept.revalidateUntil;
  }

  /** Whether the entry may be served at all, as far as time decides. */
  isAlive(kept: Kept): boolean {
    return this.#nowFor(kept) < kept.staleUntil;
  }

  /** The fast path of a hit. The caller passes the time: reading a clock here would cost more than the rest. */
  freshInMemory(key: CacheKey, at: Instant): Kept | null {
    const { memory, switches, follower } = this.#options;
    if (!follower.isCurrentAt(at) || !switches.isOn('memory', key)) return null;
    const kept = memory.get(key);
    return kept && nowOf(kept, at) < kept.freshUntil && this.isServable(kept) && this.#judged(kept).isUnexpired
      ? kept
      : null;
  }

  inMemory(key: CacheKey, verified: boolean): Kept | Missing {
    const { memory, switches } = this.#options;
    return this.usable(switches.isOn('memory', key) ? memory.get(key) : null, verified);
  }

  /** Returns the entry if a read may serve it, fresh or stale; else why not. */
  usable(kept: Kept | null | undefined, verified: boolean): Kept | Missing {
    if (!kept) return 'absent';
    if (!(verified ? this.isServable(kept) : this.isServableBlind(kept))) return 'outdated';
    return this.isAlive(kept) ? kept : 'expired';
  }

  /**
   * Puts an entry into this process's memory. It replaces an entry past its `staleUntil`, whatever the stamps. Returns whether it is
   * in memory now: false if it is too large, or if memory has a newer entry.
   */
  keep(kept: Kept): boolean {
    const { memory, switches } = this.#options;
    if (!switches.isOn('memory', kept.key)) return false;
    const there = memory.peek(kept.key);
    if (there && !this.isAlive(there)) memory.evict(kept.key);
    if (!memory.put(kept)) return false;
    if (this.isAlive(kept)) return true;
    memory.evict(kept.key);
    return false;
  }

  /**
   * Looks the key up in the shared tier, once for all callers that ask meanwhile. The tier sends the lookups of one turn of the
   * event loop together. The entry is checked for each caller against what is known when it arrives. Returns `absent` for
   * damaged bytes.
   */
  async inShared(key: CacheKey): Promise<Kept | NotFound> {
    const found = await (this.#lookups.get(key) ?? this.#lookUp(key));
    return isKept(found) && !this.isServable(found) ? 'outdated' : found;
  }

  /** Drops an entry whose body is not JSON: from here on the key is a miss, in memory and in the shared tier. */
  async drop(kept: Kept): Promise<void> {
    const { memory } = this.#options;
    if (memory.peek(kept.key) === kept) memory.evict(kept.key);
    await this.#refused(kept.key, NOT_JSON);
  }

  #lookUp(key: CacheKey): Promise<Kept | NotFound> {
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

  #found(key: CacheKey, bytes: Buffer): Kept | Missing | Promise<Kept | Missing> {
    const decoded = this.#options.codec.decode(key, bytes);
    return decoded instanceof Promise
      ? decoded.then((entry) => this.#decoded(key, entry))
      : this.#decoded(key, decoded);
  }

  #decoded(key: CacheKey, decoded: Entry | Rejected): Kept | Missing | Promise<Missing> {
    if ('rejected' in decoded) return this.#refused(key, decoded);
    const kept = receive(key, decoded, this.#options.clock);
    if (this.#reported.size > 0 && this.#reported.has(key)) {
      if (!kept.isJson) return this.#refused(key, NOT_JSON);
      this.#reported.delete(key);
    }
    if (!this.isServable(kept)) return 'outdated';
    if (!this.isAlive(kept)) return 'expired';
    this.keep(kept);
    return kept;
  }

  async #refused(key: CacheKey, { rejected, why }: Rejected): Promise<Missing> {
    const { shared, logger } = this.#options;
    if (!this.#reported.has(key)) logger.warn(`what is stored under ${key} is not used: ${why} (${rejected})`);
    this.#reported.set(key, true);
    // Its stamp may claim to be newer than any other, so that no fill would replace it.
    if (rejected === 'damaged' || rejected === 'oversized') await shared?.remove(key).catch(ifUnreachable(false));
    return 'absent';
  }

  #nowFor(kept: Kept): number {
    const { clock } = this.#options;
    return nowOf(kept, { monotonic: clock.monotonic(), wall: clock.now() });
  }

  /** Looks the entry up in the index again only once the index has changed, and only for later hits: hits are never removed. */
  #judged(kept: Kept): Kept {
    const { index, epoch, stamp } = this.#options.follower;
    if (kept.indexVersion === index.version) return kept;
    const since = Math.max(kept.asOf, kept.upTo);
    if (!index.isQuietSince(since)) {
      const { footprint } = kept;
      kept.isServable &&= !index.isHitSince('invalidate', footprint, since);
      kept.isUnexpired &&= !index.isHitSince('expire', footprint, since);
    }
    kept.indexVersion = index.version;
    // Positions of another epoch do not apply to this entry.
    kept.upTo = kept.epoch === epoch ? stamp.asOf : 0;
    return kept;
  }
}

/** A step of the wall clock cannot lengthen a lifetime: the time since this process received an entry counts by both clocks. */
function nowOf({ wallAtZero }: Kept, at: Instant): number {
  return Math.max(at.wall, at.monotonic + wallAtZero);
}

/** Makes a cached entry of one that another process stored, and that this process has just received. */
export function receive(key: CacheKey, decoded: Entry, clock: Clock): Kept {
  const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
  return new Kept(key, clampClockSkew(decoded, seenAt.wall), null, seenAt);
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
