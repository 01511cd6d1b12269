import type { Follower } from '../log/follower.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { CacheKey } from '../model/key.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { Selector } from '../model/selector.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import { type Audited, countsOfAudits } from '../stats/audit-counts.ts';
import type { Filler } from './filler.ts';
import type { Load, Loader } from './load.ts';
import type { Lookup } from './lookup.ts';
import { matcher } from './sweeper.ts';

export interface AuditsOptions {
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly loader: Loader;
  readonly filler: Filler;
  readonly counters: CounterStore;
  /** Whether there is a shared tier. Otherwise the memory of this process is the only one. */
  readonly isShared: boolean;
}

/**
 * Compares served entries with the origin. It reads the shared tier, not the memory of other processes. Their memory holds the same
 * entries, except those that the shared tier has evicted or replaced since.
 */
export class Audits {
  readonly #options: AuditsOptions;

  constructor(options: AuditsOptions) {
    this.#options = options;
  }

  /** Returns the entry that a process without the key in its memory would serve now, or the reason why there is none. */
  async find(key: CacheKey): Promise<CachedEntry | 'absent' | 'outdated' | 'expired' | 'unreachable'> {
    const { lookup, isShared } = this.#options;
    return isShared ? await lookup.inShared(key) : lookup.inMemory(key, true);
  }

  /**
   * Returns the origin's current answer as a stored answer would be decoded. It waits for a permit of the origin that no
   * reader needs, and stores no answer. Rejects with the load's own error.
   */
  async recompute(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<unknown> {
    const { loader, filler } = this.#options;
    const permit = await loader.limiterOf(policy.origin).acquireLowPriority();
    try {
      const { cached } = await filler.bypass(key, loader.source(key, load, policy, permit));
      return cached.bodyBytes === 0 ? undefined : JSON.parse(cached.body.toString());
    } finally {
      permit.release();
    }
  }

  /**
   * Returns whether the entry is servable after all invalidations that were acknowledged before the call: this process has
   * applied every invalidation with a receipt by then. Returns null if the log is unreachable.
   */
  async isStillServed(cached: CachedEntry): Promise<boolean | null> {
    const { follower, lookup } = this.#options;
    if (!follower.isCurrent && !(await follower.catchUp())) return null;
    return lookup.isServable(cached) && lookup.isAlive(cached);
  }

  /** Returns whether an invalidation of these selectors hits the entry. */
  isHitBy({ targets }: CachedEntry, selectors: readonly Selector[]): boolean {
    return selectors.some((selector) => matcher(selector)(targets));
  }

  /**
   * Adds results to the sums of all processes, which `getStats` returns. Rejects with `Unreachable` if the counter store
   * does not answer.
   */
  async count(audits: readonly Audited[]): Promise<void> {
    if (audits.length > 0) await this.#options.counters.add(countsOfAudits(audits));
  }
}
