import type { EntryCodec } from '../envelope/entry-codec.ts';
import type { Decision } from '../learning/decision.ts';
import type { Learner } from '../learning/learner.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import type { Lifetime, Stamp } from '../model/entry.ts';
import { ifUnreachable, Unreachable } from '../model/errors.ts';
import { invalidationTargetsOf } from '../model/invalidation-targets.ts';
import type { CacheKey } from '../model/key.ts';
import type { Scope } from '../model/scope.ts';
import type { Encoding } from '../model/variant.ts';
import type { FillLock } from '../ports/fill-lock.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { lockName } from './acquire-fill-lock.ts';
import { type Hit, hitsOf } from './hits-of.ts';
import { type NextRead, type NextReadOptions, nextRead } from './next-read.ts';
import { receive } from './shared-lookups.ts';
import type { TierName } from './switches.ts';

export interface InspectorOptions extends NextReadOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly codec: EntryCodec;
  readonly lock: FillLock;
  readonly learner: Learner;
}

/** An entry as one tier holds it. Instants are milliseconds since 1970. */
export interface SeenEntry extends Stamp, Lifetime {
  /**
   * The state according to this process's knowledge of the log. `stale`: past `freshUntil`, or expired by an invalidation of that
   * mode. `outdated`: an invalidation hit it, or the log has begun a new epoch since.
   */
  readonly state: 'fresh' | 'stale' | 'expired' | 'outdated';
  /** The selectors that have hit it since its load began. */
  readonly hitBy: readonly Hit[];
  readonly bytes: number;
  /** The compressed forms that exist, with their bytes. */
  readonly variants: Partial<Readonly<Record<Encoding, number>>>;
  readonly etag: string;
  readonly loadMs: number;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
}

/** The state of a key in this process, and the outcome that its next read would have. */
export interface Inspection {
  readonly key: CacheKey;
  /** Null if memory has no entry. */
  readonly memory: SeenEntry | null;
  /** Null if the shared tier has no entry. A text says why its bytes are not used, or that the tier is unreachable. */
  readonly shared: (SeenEntry & { readonly expiresInMs: number | null }) | string | null;
  /** Whether this process uses each tier; `offFor` lists the prefixes for which it does not. */
  readonly tiers: Readonly<Record<TierName, 'on' | 'off' | { readonly offFor: readonly string[] }>>;
  readonly log: {
    readonly epoch: number;
    /** The last position applied here. */
    readonly applied: number;
    readonly state: 'current' | 'leaseExpired' | 'disconnected';
    /** The last position that invalidated, and that expired, the key (its tags and scope as far as they are known). */
    readonly lastInvalidated: number;
    readonly lastExpired: number;
    /** The selectors of this epoch that match the key (its tags and scope as far as they are known), each with its last position. */
    readonly matching: readonly Hit[];
  };
  /**
   * The process that is loading the key. Null if the fill lock is unreachable. `another process`: the fill lock is held; it is for a
   * moment after a load of this process, until the answer is stored.
   */
  readonly loading: 'this process' | 'another process' | 'nobody' | null;
  readonly backingOffForMs: number;
  /** The learnt fresh time of the next answer, with the reason. Null if the policy does not learn, or nothing is learnt yet. */
  readonly learned: Decision | null;
  readonly next: NextRead;
}

/** The result of looking a key up in the shared tier. */
type Shared = CachedEntry | { readonly unused: string; readonly isReachable: boolean } | null;

/** Describes one key for people. Its only effect is on the shared server's record of the key's last use. */
export class Inspector {
  readonly #options: InspectorOptions;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  async inspect(key: CacheKey): Promise<Inspection> {
    const { memory, shared, switches, follower, backoff, inFlight, learner } = this.#options;
    const isLockHeld = await this.#isLockHeld(key);
    const [inShared, expiresInMs] = await Promise.all([this.#inShared(key), this.#expiresInMs(key)]);
    // The code below does not await, so the result describes one moment.
    const inMemory = memory.peek(key) ?? null;
    const known = inShared instanceof CachedEntry ? inShared : null;
    const targets = (inMemory ?? known)?.targets ?? invalidationTargetsOf(key);
    const isSharedReachable = shared !== null && !(inShared && 'unused' in inShared && !inShared.isReachable);
    return {
      key,
      memory: inMemory && this.#seen(inMemory),
      shared: inShared && ('unused' in inShared ? inShared.unused : { ...this.#seen(inShared), expiresInMs }),
      tiers: switches.shown(),
      log: {
        epoch: follower.epoch,
        applied: follower.stamp.asOf,
        state: follower.state,
        lastInvalidated: follower.index.lastHit('invalidate', targets),
        lastExpired: follower.index.lastHit('expire', targets),
        matching: hitsOf(targets, 0, follower.index),
      },
      loading: inFlight.get(key)
        ? 'this process'
        : isLockHeld === null
          ? null
          : isLockHeld
            ? 'another process'
            : 'nobody',
      learned: learner.explain(key),
      backingOffForMs: backoff.remainingMs(key),
      next: nextRead({ key, memory: inMemory, shared: known, isSharedReachable, isLockHeld }, this.#options),
    };
  }

  #seen(cached: CachedEntry): SeenEntry {
    const { lookup, follower } = this.#options;
    const { epoch, asOf, loadedAt, freshUntil, revalidateUntil, staleUntil, etag, loadMs, tags, scope } = cached;
    const living = lookup.isFresh(cached) ? 'fresh' : lookup.isAlive(cached) ? 'stale' : 'expired';
    const times = { loadedAt, freshUntil, revalidateUntil, staleUntil };
    return {
      state: lookup.isServable(cached) ? living : 'outdated',
      // Positions of another epoch do not apply to it.
      hitBy: epoch === follower.epoch ? hitsOf(cached.targets, asOf, follower.index) : [],
      epoch,
      asOf,
      ...times,
      bytes: cached.bodyBytes,
      variants: cached.variantSizes,
      etag,
      loadMs,
      tags,
      scope,
    };
  }

  async #inShared(key: CacheKey): Promise<Shared> {
    const { shared, codec, clock } = this.#options;
    if (!shared) return null;
    try {
      const bytes = await shared.get(key);
      if (!bytes) return null;
      const decoded = await codec.decode(key, bytes);
      if ('rejected' in decoded) return { unused: `not used: ${decoded.why} (${decoded.rejected})`, isReachable: true };
      return receive(key, decoded, { monotonic: clock.monotonic(), wall: clock.now() });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      return { unused: `unknown: ${error.message}`, isReachable: false };
    }
  }

  #expiresInMs(key: CacheKey): Promise<number | null> {
    return this.#options.shared?.ttlMs(key).catch(ifUnreachable(null)) ?? Promise.resolve(null);
  }

  #isLockHeld(key: CacheKey): Promise<boolean | null> {
    const { lock, follower } = this.#options;
    return lock.isHeld(lockName(key, follower)).catch(ifUnreachable(null));
  }
}
