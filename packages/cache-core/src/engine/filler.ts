import type { Background } from '../background.ts';
import type { Entry } from '../entry.ts';
import type { EntryCodec } from '../envelope/entry-codec.ts';
import { Unreachable } from '../errors.ts';
import type { Learner } from '../learning/learner.ts';
import type { CacheLogger } from '../logger.ts';
import type { ResolvedPolicy } from '../policy.ts';
import type { Switches } from '../switches.ts';
import { Kept } from '../tiers/kept.ts';
import type { MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';
import type { Backoff } from './backoff.ts';
import { type FillTurnOptions, type FillTurnRequest, fillTurn, noLock } from './fill-turn.ts';
import type { Flight, Landing } from './flight.ts';
import type { Ask, Loaded } from './load.ts';
import type { TooLarge } from './too-large.ts';

export interface FillRequest extends FillTurnRequest {
  readonly ask: Ask;
  readonly policy: ResolvedPolicy;
  /** The last answer, if time alone has outdated it. */
  readonly before: Kept | null;
  /** False: the log is out of reach, so neither the lock nor the shared tier is used. */
  readonly verified: boolean;
}

export interface FillerOptions extends FillTurnOptions {
  readonly shared: SharedTier | null;
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

/** Loads an answer, once over all processes, and stores it in every tier. */
export class Filler {
  readonly #options: FillerOptions;

  constructor(options: FillerOptions) {
    this.#options = options;
  }

  async fill(flight: Flight, request: FillRequest): Promise<Landing> {
    const { shared, switches, background } = this.#options;
    const alone = !request.verified || !shared || !switches.isOn('redis', request.key);
    if (alone) return this.#load(flight, request, noLock);
    const turn = await fillTurn(request, this.#options);
    if (!turn.filled) return this.#load(flight, request, turn.release);
    background.run('release', turn.release);
    return { kept: turn.filled, fetched: true, stored: false };
  }

  async #load(flight: Flight, request: FillRequest, release: () => Promise<void>): Promise<Landing> {
    const { lookup, follower, clock, background, backoff } = this.#options;
    const { key, before } = request;
    try {
      const loaded = await request.ask(() => {
        // Invariant: the stamp is taken before the load starts.
        flight.stamp = follower.stamp;
        flight.beganAt = clock.monotonic();
        const isUsable = before?.isJson && lookup.isServable(before);
        return { stamp: flight.stamp, before: isUsable ? before : null, flight };
      });
      backoff.succeeded(key);
      return this.#store(flight, request, loaded, release);
    } catch (error) {
      backoff.failed(key);
      background.run('release', release);
      throw error;
    }
  }

  /** The reader does not wait for the shared tier; the lock is held until it has the entry, so that waiters find it. */
  #store(flight: Flight, request: FillRequest, loaded: Loaded, release: () => Promise<void>): Landing {
    const { lookup, background, clock } = this.#options;
    const { key, policy, verified, before } = request;
    const seenAt = { monotonic: clock.monotonic(), wall: clock.now() };
    const learnedMs = loaded.store ? this.#learned(request, loaded, seenAt.wall) : null;
    const kept = new Kept(key, this.#entryOf(flight, loaded, policy, seenAt.wall, learnedMs), flight.beganAt, seenAt);
    const stored = loaded.store && this.isStorable(kept);
    const isKept = stored && lookup.keep(kept);
    background.run('fill', async () => {
      try {
        if (stored && verified) await this.share(kept);
        if (stored && verified && before && !lookup.isAlive(kept)) await this.#options.shared?.remove(key);
      } finally {
        await release();
      }
    });
    return { kept, fetched: false, stored: isKept || (stored && verified && this.#isShareable(kept)) };
  }

  /** Whether the shared tier takes the entry, if it can be reached. */
  #isShareable(kept: Kept): boolean {
    const { shared, switches, codec, lookup, memory, tooLarge } = this.#options;
    if (shared) return lookup.isAlive(kept) && switches.isOn('redis', kept.key) && codec.fits(kept.key, kept);
    if (!memory.fits(kept)) tooLarge.add(kept.key);
    return false;
  }

  /** Puts an entry where other processes find it. Returns whether the shared tier took it. */
  async share(kept: Kept): Promise<boolean> {
    const { key, staleUntil } = kept;
    const { shared, switches, codec, clock, logger, tooLarge } = this.#options;
    if (!shared || staleUntil <= clock.now() || !switches.isOn('redis', key)) return false;
    const envelope = await codec.encode(key, kept);
    const ttlMs = Math.ceil(staleUntil - clock.now());
    if (ttlMs <= 0) return false;
    if (envelope) {
      tooLarge.delete(key);
      return shared.fill(key, envelope, kept, ttlMs);
    }
    if (!tooLarge.has(key))
      logger.warn(
        `${key} is not shared and not warmed: its ${kept.body.length} bytes are more than a shared entry may have`,
      );
    tooLarge.add(key);
    return false;
  }

  /** As `share`; returns false if it fails. The tier's guard logs that it is unreachable, this method any other error. */
  async shareIfPossible(kept: Kept): Promise<boolean> {
    try {
      return await this.share(kept);
    } catch (error) {
      if (!(error instanceof Unreachable)) this.#options.logger.error({ err: error }, `sharing ${kept.key}`);
      return false;
    }
  }

  /** Invariant: an entry that an invalidation has hit since its stamp, or of an earlier epoch, goes into no tier. */
  isStorable(entry: Kept): boolean {
    const { epoch, index } = this.#options.follower;
    return entry.epoch === epoch && !index.isHitSince('invalidate', entry.footprint, entry.asOf);
  }

  #learned({ key, policy, before }: FillRequest, answer: Loaded, now: number): number | null {
    return this.#options.learner.learn({ key, policy, before, answer, loadedAt: now - answer.loadMs });
  }

  #entryOf(flight: Flight, loaded: Loaded, policy: ResolvedPolicy, now: number, learnedMs: number | null): Entry {
    const { random } = this.#options;
    const { body, etag, tags, scope, loadMs, isNegative } = loaded;
    const negativeForMs = isNegative ? policy.negativeForMs : null;
    const freshForMs = loaded.freshForMs ?? negativeForMs ?? learnedMs ?? policy.freshForMs;
    const stale = loaded.staleTimes ?? (negativeForMs === null ? policy : { revalidateForMs: 0, staleForMs: 0 });
    const freshUntil = now + freshForMs * (1 - policy.jitter * random());
    return {
      ...flight.stamp,
      body,
      etag,
      tags,
      scope,
      loadedAt: now - loadMs,
      freshUntil,
      revalidateUntil: freshUntil + stale.revalidateForMs,
      staleUntil: freshUntil + stale.staleForMs,
      loadMs,
    };
  }
}
