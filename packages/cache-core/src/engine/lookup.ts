import type { Clock } from '../clock.ts';
import type { Entry } from '../entry.ts';
import { decodeEntry } from '../envelope.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { CacheLogger } from '../logger.ts';
import { type SelectorToken, tokenOfTag, tokensOfKey } from '../selector.ts';
import type { Kept, MemoryTier } from '../tiers/memory-tier.ts';
import type { SharedTier } from '../tiers/port.ts';

export interface LookupOptions {
  readonly memory: MemoryTier;
  readonly shared: SharedTier | null;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly blindFreshMs: number;
  readonly logger: CacheLogger;
}

/** Finds entries in the tiers, and says whether one may be served. Nothing else decides that. */
export class Lookup {
  readonly #options: LookupOptions;
  readonly #asking = new Map<CacheKey, Promise<Kept | undefined>>();
  #sharedFailed = false;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /**
   * Invariant (the fence): an entry is servable only if no invalidation after its stamp hit it. What an epoch before
   * knew proves nothing in this one.
   */
  isServable(entry: Entry, tokens: readonly SelectorToken[]): boolean {
    const { follower } = this.#options;
    return (
      entry.epoch === follower.epoch && follower.synced && follower.index.lastHit('invalidate', tokens) <= entry.asOf
    );
  }

  /** Out of the log's reach: only what this process began to load within `blindFreshMs`. */
  isServableBlind({ entry, tokens, loadBeganAt }: Kept): boolean {
    const { follower, clock, blindFreshMs } = this.#options;
    if (loadBeganAt === null || clock.monotonic() - loadBeganAt > blindFreshMs) return false;
    return entry.epoch === follower.epoch && follower.index.lastHit('invalidate', tokens) <= entry.asOf;
  }

  isFresh({ entry, tokens }: Kept, forMs = 0): boolean {
    const { clock, follower } = this.#options;
    return clock.now() + forMs < entry.freshUntil && follower.index.lastHit('expire', tokens) <= entry.asOf;
  }

  isUsableStale({ entry }: Kept): boolean {
    return this.#options.clock.now() < entry.staleUntil;
  }

  inMemory(key: CacheKey, verified: boolean): Kept | undefined {
    const kept = this.#options.memory.get(key);
    if (!kept) return undefined;
    return (verified ? this.isServable(kept.entry, kept.tokens) : this.isServableBlind(kept)) ? kept : undefined;
  }

  /** Whether the shared tier gave no answer when it was last asked. */
  get sharedFailed(): boolean {
    return this.#sharedFailed;
  }

  /**
   * Asks the shared tier, once for all who ask meanwhile. What is found is checked against what is known when it comes,
   * for each of them. Unreachable, damaged and outdated are all "not there".
   */
  async inShared(key: CacheKey): Promise<Kept | undefined> {
    let asking = this.#asking.get(key);
    if (!asking) {
      asking = this.#ask(key).finally(() => {
        this.#asking.delete(key);
      });
      this.#asking.set(key, asking);
    }
    const found = await asking;
    return found && this.isServable(found.entry, found.tokens) ? found : undefined;
  }

  async #ask(key: CacheKey): Promise<Kept | undefined> {
    const { shared, memory, clock, logger } = this.#options;
    if (!shared) return undefined;
    let bytes: Buffer | null;
    try {
      bytes = await shared.get(key);
      this.#sharedFailed = false;
    } catch {
      this.#sharedFailed = true;
      return undefined; // the tier's guard has told; the origin answers
    }
    if (!bytes) return undefined;
    const entry = decodeEntry(key, bytes);
    if ('damaged' in entry) {
      logger.warn(`removed what was stored under ${key}: ${entry.damaged}`);
      await shared.remove(key).catch(() => false); // it would be told of at every read until a load has taken its place
      return undefined;
    }
    const tokens = [...tokensOfKey(key), ...entry.tags.map(tokenOfTag)];
    if (!this.isServable(entry, tokens) || clock.now() >= entry.staleUntil) return undefined;
    memory.put(key, entry, null);
    return { entry, tokens, loadBeganAt: null };
  }
}
