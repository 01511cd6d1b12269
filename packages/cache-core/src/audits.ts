import { type Audited, countsOfAudits } from './audit-counts.ts';
import type { CounterStore } from './counter-store.ts';
import type { Load, Loader } from './engine/load.ts';
import type { Lookup } from './engine/lookup.ts';
import { matcher } from './engine/sweeper.ts';
import type { CacheKey } from './key.ts';
import type { Follower } from './log/follower.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Selector } from './selector.ts';
import type { Kept } from './tiers/kept.ts';

export interface AuditsOptions {
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly loader: Loader;
  readonly counters: CounterStore;
  /** False: this process's memory is the only tier. */
  readonly isShared: boolean;
}

/**
 * What it takes to hold a served entry against the origin. It sees what all processes share: an answer that one of them
 * has in memory is the same entry, unless the shared tier has evicted or replaced it; then it is not seen here.
 */
export class Audits {
  readonly #options: AuditsOptions;

  constructor(options: AuditsOptions) {
    this.#options = options;
  }

  /** The entry that a process without one of its own would serve now, or why there is none. */
  async find(key: CacheKey): Promise<Kept | 'absent' | 'outdated' | 'expired' | 'unreachable'> {
    const { lookup, isShared } = this.#options;
    return isShared ? await lookup.inShared(key) : lookup.inMemory(key, true);
  }

  /**
   * What the origin answers now, as a stored answer would be decoded. Waits for a place that no reader needs, within the
   * origin's bounds, and keeps nothing. Rejects with the load's own error.
   */
  async recompute(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<unknown> {
    const { loader } = this.#options;
    const { body } = await loader.originOf(policy.origin).afterReaders((place) => {
      return loader.ask(key, load, policy, place)(() => ({ stamp: null, before: null, flight: null }));
    });
    return body.length === 0 ? undefined : JSON.parse(body.toString());
  }

  /**
   * Whether the entry is servable by all that was acknowledged before this was called: an invalidation whose receipt is
   * there is known here then. Null: the log is out of reach.
   */
  async isStillServed(kept: Kept): Promise<boolean | null> {
    const { follower, lookup } = this.#options;
    if (!follower.isCurrent && !(await follower.catchUp())) return null;
    return lookup.isServable(kept) && lookup.isAlive(kept);
  }

  /** Whether an invalidation of these selectors hits the entry. */
  isHitBy({ footprint }: Kept, selectors: readonly Selector[]): boolean {
    return selectors.some((selector) => matcher(selector)(footprint));
  }

  /** Adds to the counts over all processes, which `getStats` shows. Rejects with `Unreachable`. */
  async count(audits: readonly Audited[]): Promise<void> {
    if (audits.length > 0) await this.#options.counters.add(countsOfAudits(audits));
  }
}
