import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import type { Entry } from '../entry.ts';
import { encodeEntry } from '../envelope.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { ResolvedPolicy } from '../policy.ts';
import { type SelectorToken, tokenOfTag } from '../selector.ts';
import type { Kept, MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';
import { type FillTurnOptions, fillTurn } from './fill-turn.ts';
import type { Flight, Landing } from './flight.ts';
import type { Load, Loaded, Loader } from './load.ts';

export interface FillRequest {
  readonly key: CacheKey;
  readonly tokens: readonly SelectorToken[];
  readonly load: Load;
  readonly policy: ResolvedPolicy;
  /** False: the log is out of reach, so neither the lock nor the shared tier is used. */
  readonly verified: boolean;
  /** Whether what another process has filled meanwhile spares the load. */
  readonly isEnough: (kept: Kept) => boolean;
}

export interface FillerOptions extends FillTurnOptions {
  readonly loader: Loader;
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
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
    const { key, tokens, isEnough, verified } = request;
    if (!verified || !this.#options.shared) return this.#load(flight, request, async () => undefined);
    const turn = await fillTurn(key, tokens, isEnough, this.#options);
    if (turn.filled) {
      this.#options.background.run('release', turn.release);
      return { kept: turn.filled, fetched: true, stored: false };
    }
    return this.#load(flight, request, turn.release);
  }

  async #load(flight: Flight, request: FillRequest, release: () => Promise<void>): Promise<Landing> {
    const { loader, follower, clock, background } = this.#options;
    try {
      const loaded = await loader.run(request.key, request.load, request.policy.loadTimeoutMs, () => {
        // Invariant: the stamp is taken before the load starts.
        flight.stamp = follower.stamp;
        flight.beganAt = clock.monotonic();
      });
      return this.#store(flight, request, loaded, release);
    } catch (error) {
      background.run('release', release);
      throw error;
    }
  }

  /** The reader does not wait for the shared tier; the lock is held until it has the entry, so that waiters find it. */
  #store(flight: Flight, request: FillRequest, loaded: Loaded, release: () => Promise<void>): Landing {
    const { memory, shared, clock, background } = this.#options;
    const { key, tokens, policy, verified } = request;
    const entry = this.#entryOf(flight, loaded, policy);
    const kept: Kept = { entry, tokens: [...tokens, ...entry.tags.map(tokenOfTag)], loadBeganAt: flight.beganAt };
    const stored = loaded.store && this.#isStorable(kept);
    if (stored) memory.put(key, entry, flight.beganAt);
    background.run('fill', async () => {
      try {
        const ttlMs = Math.ceil(entry.staleUntil - clock.now());
        if (stored && verified && shared && ttlMs > 0) await shared.fill(key, encodeEntry(key, entry), entry, ttlMs);
      } finally {
        await release();
      }
    });
    return { kept, fetched: false, stored };
  }

  /** Invariant: what an invalidation has hit since its load began is dead on arrival. */
  #isStorable({ entry, tokens }: Kept): boolean {
    const { epoch, index } = this.#options.follower;
    return entry.epoch === epoch && index.lastHit('invalidate', tokens) <= entry.asOf;
  }

  #entryOf(flight: Flight, loaded: Loaded, policy: ResolvedPolicy): Entry {
    const loadedAt = this.#options.clock.now() - loaded.loadMs;
    const freshUntil = loadedAt + loaded.loadMs + policy.freshForMs * (1 - policy.jitter * this.#options.random());
    return {
      ...flight.stamp,
      body: loaded.body,
      etag: loaded.etag,
      tags: loaded.tags,
      loadedAt,
      freshUntil,
      staleUntil: freshUntil + policy.staleForMs,
      loadMs: loaded.loadMs,
    };
  }
}
