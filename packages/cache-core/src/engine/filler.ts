import type { EntryCodec } from '../envelope/entry-codec.ts';
import type { Learner } from '../learning/learner.ts';
import type { MemoryTier } from '../memory/memory-tier.ts';
import type { Background } from '../model/background.ts';
import { CachedEntry } from '../model/cached-entry.ts';
import type { LoadedEntry } from '../model/entry.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { Hop } from '../model/outcome.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { acquireFillLock, type FillLockOptions, type FillLockRequest, noLock } from './acquire-fill-lock.ts';
import type { Backoff } from './backoff.ts';
import type { InFlightLoad, LoadResult, StampedLoad } from './in-flight-loads.ts';
import type { Answered, Loaded, Loader, LoadSource } from './load.ts';
import type { Switches } from './switches.ts';
import type { TooLarge } from './too-large.ts';

export interface FillRequest extends FillLockRequest {
  readonly source: LoadSource;
  readonly policy: ResolvedPolicy;
  /** The last answer if only its time has ended, else null. */
  readonly before: CachedEntry | null;
  /** False if the log is unreachable: then neither the lock nor the shared tier is used. */
  readonly verified: boolean;
}

export interface FillerOptions extends FillLockOptions {
  readonly shared: SharedTier | null;
  readonly loader: Pick<Loader, 'wouldRefuse'>;
  readonly switches: Switches;
  readonly codec: EntryCodec;
  readonly learner: Learner;
  readonly backoff: Backoff;
  readonly memory: MemoryTier;
  readonly tooLarge: TooLarge;
  readonly background: Background;
  readonly logger: CacheLogger;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
}

/** Loads answers, one process at a time for each key, and stores them in every tier. */
export class Filler {
  readonly #options: FillerOptions;
  /** Loaded answers that the fence kept out of the tiers, because an invalidation hit them during their load. */
  fenced = 0;

  constructor(options: FillerOptions) {
    this.#options = options;
  }

  /** Returns the entry that another process has filled, or loads and stores one. Rejects with the error of the load. */
  async fill(inFlight: InFlightLoad, request: FillRequest): Promise<LoadResult> {
    const { shared, switches, loader, background, clock } = this.#options;
    const alone = inFlight.asksOrigin || !request.verified || !shared || !switches.isOn('redis', request.key);
    // Under overload the round trips for locks of loads that are then refused would cost more than the loads.
    if (alone || loader.wouldRefuse(request.policy.origin)) return this.#load(inFlight, request, noLock, []);
    const askedAt = clock.monotonic();
    const { filled, release } = await acquireFillLock(request, this.#options);
    const hops: Hop[] = [{ name: 'lock', ms: clock.monotonic() - askedAt }];
    if (!filled) return this.#load(inFlight, request, release, hops);
    background.run('release', release);
    return { cached: filled, fetched: true, stored: false, hops };
  }

  /** Loads an answer without storing it in a tier. */
  bypass(key: CacheKey, source: LoadSource): Promise<LoadResult> {
    const { follower, clock } = this.#options;
    const askedAt = clock.monotonic();
    const start: StampedLoad = { stamp: follower.stamp, beganAt: askedAt };
    return source.load({
      key,
      start,
      inFlight: null,
      stale: () => null,
      fill: async (answer) => ({
        cached: this.#unstored(key, start, answerOrThrow(answer)),
        fetched: false,
        stored: false,
        hops: hopsOf(askedAt, start, answer),
      }),
    });
  }

  async #load(
    inFlight: InFlightLoad,
    request: FillRequest,
    release: () => Promise<void>,
    hops: readonly Hop[],
  ): Promise<LoadResult> {
    const { lookup, background, backoff, clock } = this.#options;
    const { key, before, source } = request;
    const askedAt = clock.monotonic();
    try {
      const result = await source.load({
        key,
        start: inFlight,
        inFlight,
        stale: () => (before?.isJson && lookup.isServable(before) ? before : null),
        fill: async (answer) => ({
          ...this.#store(inFlight, request, answerOrThrow(answer), release),
          hops: [...hops, ...hopsOf(askedAt, inFlight, answer)],
        }),
      });
      backoff.succeeded(key);
      return result;
    } catch (error) {
      backoff.failed(key);
      background.run('release', release);
      throw error;
    }
  }

  /**
   * Stores an answer in memory, then in the shared tier in the background. The lock is held until the shared tier has the entry, so
   * that waiters find it there.
   */
  #store(start: StampedLoad, request: FillRequest, loaded: Loaded, release: () => Promise<void>): LoadResult {
    const { lookup, background, clock, shared } = this.#options;
    const { key, policy, verified, before } = request;
    const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
    const learnedMs = loaded.store ? this.#learned(request, loaded, seenAt.wall) : null;
    const cached = new CachedEntry(
      key,
      this.#entryOf(start, loaded, policy, seenAt.wall, learnedMs),
      start.beganAt,
      seenAt,
    );
    const stored = loaded.store && this.isStorable(cached);
    if (loaded.store && !stored) this.fenced++;
    const isInMemory = stored && lookup.keep(cached);
    if (shared || release !== noLock)
      background.run('fill', async () => {
        try {
          if (stored && verified) await this.share(cached);
          if (stored && verified && before && !lookup.isAlive(cached)) await shared?.remove(key);
        } finally {
          await release();
        }
      });
    return {
      cached,
      fetched: false,
      stored: isInMemory || (stored && verified && this.#isShareable(cached)),
      revalidated: loaded.revalidated,
    };
  }

  /** Returns whether the shared tier, if it is reachable, stores the entry. */
  #isShareable(cached: CachedEntry): boolean {
    const { shared, switches, codec, lookup, memory, tooLarge } = this.#options;
    if (shared) return lookup.isAlive(cached) && switches.isOn('redis', cached.key) && codec.fits(cached.key, cached);
    if (!memory.fits(cached)) tooLarge.add(cached.key);
    return false;
  }

  /** Stores an entry in the shared tier. Returns whether the tier stored it. */
  async share(cached: CachedEntry): Promise<boolean> {
    const { key, staleUntil } = cached;
    const { shared, switches, codec, clock, logger, tooLarge } = this.#options;
    if (!shared || staleUntil <= clock.now() || !switches.isOn('redis', key)) return false;
    const envelope = await codec.encode(key, cached);
    const ttlMs = Math.ceil(staleUntil - clock.now());
    if (ttlMs <= 0) return false;
    if (envelope) {
      tooLarge.delete(key);
      return shared.fill(key, envelope, cached, ttlMs);
    }
    if (!tooLarge.has(key))
      logger.warn(
        `${key} is not shared and not warmed: its ${cached.bodyBytes} bytes are more than a shared entry may have`,
      );
    tooLarge.add(key);
    return false;
  }

  /** Like `share`, but returns false on an error. The tier's guard logs an unreachable tier; this method logs any other error. */
  async shareIfPossible(cached: CachedEntry): Promise<boolean> {
    try {
      return await this.share(cached);
    } catch (error) {
      if (!(error instanceof Unreachable))
        this.#options.logger.error({ err: error }, `storing ${cached.key} in the shared tier failed`);
      return false;
    }
  }

  /** Invariant: no tier stores an entry that an invalidation has hit since its stamp, or that is from an earlier epoch. */
  isStorable(entry: CachedEntry): boolean {
    const { epoch, index } = this.#options.follower;
    return entry.epoch === epoch && !index.isHitSince('invalidate', entry, entry.asOf);
  }

  #learned({ key, policy, before }: FillRequest, answer: Loaded, now: number): number | null {
    return this.#options.learner.learn({ key, policy, before, answer, loadedAt: now - answer.loadMs });
  }

  #entryOf(
    start: StampedLoad,
    loaded: Loaded,
    policy: ResolvedPolicy,
    now: number,
    learnedMs: number | null,
  ): LoadedEntry {
    const { random } = this.#options;
    const { body, tags, scope, loadMs, isNegative } = loaded;
    const negativeForMs = isNegative ? policy.negativeForMs : null;
    const freshForMs = loaded.freshForMs ?? negativeForMs ?? learnedMs ?? policy.freshForMs;
    const stale = loaded.staleTimes ?? (negativeForMs === null ? policy : { revalidateForMs: 0, staleForMs: 0 });
    const freshUntil = now + freshForMs * (1 - policy.jitter * random());
    return {
      ...start.stamp,
      body,
      tags,
      scope,
      loadedAt: now - loadMs,
      freshUntil,
      revalidateUntil: freshUntil + stale.revalidateForMs,
      staleUntil: freshUntil + stale.staleForMs,
      loadMs,
    };
  }

  #unstored(key: CacheKey, { stamp }: StampedLoad, { body, tags, scope, loadMs }: Loaded): CachedEntry {
    const now = this.#options.clock.now();
    const times = { loadedAt: now - loadMs, freshUntil: now, revalidateUntil: now, staleUntil: now };
    return new CachedEntry(key, { ...stamp, ...times, body, tags, scope, loadMs }, null);
  }
}

/** Returns the wait for a permit, and the load. */
function hopsOf(askedAt: number, { beganAt }: StampedLoad, answer: Answered): Hop[] {
  const queue: Hop = { name: 'queue', ms: beganAt - askedAt };
  return 'error' in answer ? [queue] : [queue, { name: 'load', ms: answer.loadMs }];
}

/** @throws the error of a key that failed alone */
function answerOrThrow(answer: Answered): Loaded {
  if ('error' in answer) throw answer.error;
  return answer;
}
