import type { Clock } from '../clock.ts';
import type { Lifetime, Stamp } from '../entry.ts';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { footprintOf } from '../footprint.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { Scope } from '../scope.ts';
import type { Switches } from '../switches.ts';
import { Kept } from '../tiers/kept.ts';
import type { MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';
import type { Backoff } from './backoff.ts';
import type { FillLock } from './fill-lock.ts';
import { lockName } from './fill-turn.ts';
import type { Flights } from './flight.ts';
import type { Lookup } from './lookup.ts';

export interface InspectorOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly switches: Switches;
  readonly codec: EntryCodec;
  readonly follower: Follower;
  readonly flights: Flights;
  readonly lock: FillLock;
  readonly lookup: Lookup;
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/** An entry as one tier holds it. Instants are milliseconds since 1970. */
export interface SeenEntry extends Stamp, Lifetime {
  readonly state: 'fresh' | 'stale' | 'expired' | 'outdated';
  readonly bytes: number;
  readonly etag: string;
  readonly loadMs: number;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
}

/** What is known of a key, and what the next read of it here would do. */
export interface Inspection {
  readonly key: CacheKey;
  /** Null: not there. */
  readonly memory: SeenEntry | null;
  /** Null: not there. Text: why it can't be told. */
  readonly shared: (SeenEntry & { readonly expiresInMs: number | null }) | string | null;
  readonly tiers: ReturnType<Switches['shown']>;
  readonly log: {
    readonly epoch: number;
    /** The last position applied here. */
    readonly applied: number;
    /** False: this process is past its lease. */
    readonly isCurrent: boolean;
    /** The last position that invalidated, and that expired, the key (its tags and scope as far as they are known). */
    readonly lastInvalidated: number;
    readonly lastExpired: number;
  };
  /** Who is loading it. Null: it can't be told. */
  readonly loading: 'this process' | 'another process' | 'nobody' | null;
  readonly backingOffForMs: number;
  readonly next: { readonly outcome: 'hit' | 'stale' | 'miss'; readonly why: string };
}

/** Explains one key. For people: it asks every part, and changes nothing. */
export class Inspector {
  readonly #options: InspectorOptions;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  async inspect(key: CacheKey): Promise<Inspection> {
    const { memory, switches, follower, backoff } = this.#options;
    const inMemory = memory.peek(key) ?? null;
    const inShared = await this.#inShared(key);
    const footprint = inMemory?.footprint ?? (inShared instanceof Kept ? inShared.footprint : footprintOf(key));
    const seenShared = inShared instanceof Kept ? this.#seen(inShared) : inShared;
    const seenMemory = inMemory && this.#seen(inMemory);
    return {
      key,
      memory: seenMemory,
      shared:
        seenShared === null || typeof seenShared === 'string'
          ? seenShared
          : { ...seenShared, expiresInMs: await this.#expiresInMs(key) },
      tiers: switches.shown(),
      log: {
        epoch: follower.epoch,
        applied: follower.stamp.asOf,
        isCurrent: follower.isCurrent,
        lastInvalidated: follower.index.lastHit('invalidate', footprint),
        lastExpired: follower.index.lastHit('expire', footprint),
      },
      loading: await this.#loading(key),
      backingOffForMs: backoff.remainingMs(key),
      next: this.#next(key, seenMemory, seenShared),
    };
  }

  #seen(kept: Kept): SeenEntry {
    const { lookup } = this.#options;
    const { epoch, asOf, loadedAt, freshUntil, revalidateUntil, staleUntil, etag, loadMs, tags, scope } = kept.entry;
    const living = lookup.isFresh(kept) ? 'fresh' : lookup.isAlive(kept) ? 'stale' : 'expired';
    const state = lookup.isServable(kept) ? living : 'outdated';
    const times = { loadedAt, freshUntil, revalidateUntil, staleUntil };
    return { state, epoch, asOf, ...times, bytes: kept.entry.body.length, etag, loadMs, tags, scope };
  }

  async #inShared(key: CacheKey): Promise<Kept | string | null> {
    const { shared, codec } = this.#options;
    if (!shared) return null;
    try {
      const bytes = await shared.get(key);
      if (!bytes) return null;
      const decoded = await codec.decode(key, bytes);
      return 'rejected' in decoded ? `not used: ${decoded.why} (${decoded.rejected})` : new Kept(key, decoded, null);
    } catch (error) {
      return `can't be told: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #expiresInMs(key: CacheKey): Promise<number | null> {
    return this.#options.shared?.ttlMs(key).catch(() => null) ?? Promise.resolve(null);
  }

  async #loading(key: CacheKey): Promise<Inspection['loading']> {
    const { flights, lock, follower } = this.#options;
    if (flights.under(key)) return 'this process';
    try {
      return (await lock.isHeld(lockName(key, footprintOf(key), follower))) ? 'another process' : 'nobody';
    } catch {
      return null;
    }
  }

  #next(key: CacheKey, memory: SeenEntry | null, shared: SeenEntry | string | null): Inspection['next'] {
    const { switches, follower, backoff } = this.#options;
    if (!follower.isCurrent)
      return { outcome: 'miss', why: 'past its lease: it catches up with the log first, and then decides' };
    const inMemory = switches.isOn('memory', key) ? memory : null;
    const inShared = switches.isOn('redis', key) && typeof shared !== 'string' ? shared : null;
    if (inMemory?.state === 'fresh') return { outcome: 'hit', why: 'fresh in memory' };
    if (inShared?.state === 'fresh') return { outcome: 'hit', why: 'fresh in the shared tier' };
    const stale = [inShared, inMemory].find((seen) => seen?.state === 'stale');
    if (!stale) return { outcome: 'miss', why: missing(inMemory ?? inShared) };
    if (this.#options.clock.now() < stale.revalidateUntil)
      return { outcome: 'stale', why: 'served while it is reloaded' };
    if (backoff.isBackingOff(key)) return { outcome: 'stale', why: 'its load failed a moment ago' };
    return { outcome: 'miss', why: 'too old to be served unless the reload fails or is slow' };
  }
}

function missing(seen: SeenEntry | null): string {
  if (!seen) return 'there is no entry';
  return seen.state === 'outdated' ? 'an invalidation hit it, or the log began a new epoch' : 'past its time';
}
