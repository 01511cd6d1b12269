import type { Entry } from './entry.ts';

/**
 * What a read came to. Header, metric, log line, event and counters are all derived from it.
 * `hit`: served from a tier, fresh. `stale`: served from a tier past its freshness. `miss`: loaded. `bypass`: loaded
 * because the caller wanted no cache.
 */
export interface Outcome {
  readonly outcome: 'hit' | 'stale' | 'miss' | 'bypass';
  /** Where it was found; null when it was loaded. */
  readonly tier: 'memory' | 'redis' | null;
  /** The answer came from a load that another read had started. */
  readonly collapsed: boolean;
  /** Why it is no plain hit; null for one. */
  readonly reason: Reason | null;
  /** Milliseconds since the load began that made the answer. */
  readonly ageMs: number;
  /** Milliseconds until it is no longer fresh; negative when stale. */
  readonly ttlMs: number;
  /** The position of the invalidation log that the load had seen. */
  readonly asOf: number;
  /**
   * False if the invalidation log is out of reach, so that the answer may be up to `maxAgeWhenDisconnectedMs` behind; or if the log is on a
   * server that may evict it, which is allowed for development.
   */
  readonly verified: boolean;
  /** Whether a loaded answer was kept. */
  readonly stored: boolean;
  /** What the load took, in milliseconds: what a hit saved and a miss cost. */
  readonly loadMs: number;
}

/**
 * Of a hit: `early-refresh` (it is being reloaded ahead of its end). Of a stale answer: `revalidating`, `backing-off` (the
 * origin failed a moment ago, it is not asked yet), `load-failed`, `load-slow`. Of a miss, what was found instead:
 * `absent`, `outdated` (an invalidation hit it, or the log began a new epoch), `expired` (past `staleUntil`, or stale and
 * reloaded).
 */
export type Reason =
  | 'early-refresh'
  | 'revalidating'
  | 'backing-off'
  | 'load-failed'
  | 'load-slow'
  | 'absent'
  | 'outdated'
  | 'expired';

/** What is known of a read beside what its entry says. */
export type ReadFacts = Pick<Outcome, 'tier' | 'verified'> & Partial<Pick<Outcome, 'collapsed' | 'stored' | 'reason'>>;

export function outcomeOf(
  outcome: Outcome['outcome'],
  { loadedAt, freshUntil, asOf, loadMs }: Entry,
  now: number,
  facts: ReadFacts,
): Outcome {
  return {
    outcome,
    tier: facts.tier,
    collapsed: facts.collapsed ?? false,
    reason: facts.reason ?? null,
    ageMs: Math.max(0, now - loadedAt),
    ttlMs: freshUntil - now,
    asOf,
    verified: facts.verified,
    stored: facts.stored ?? false,
    loadMs,
  };
}
