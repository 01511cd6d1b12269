import type { Entry } from './entry.ts';

/**
 * The outcome of a read. Header, metric, log line, event and counters are all derived from it.
 * `hit`: served from a tier, fresh. `stale`: served from a tier past its freshness. `miss`: loaded. `bypass`: loaded
 * because the caller wanted no cache.
 */
export interface Outcome {
  readonly outcome: 'hit' | 'stale' | 'miss' | 'bypass';
  /** The tier that held the entry; null if the answer was loaded. */
  readonly tier: 'memory' | 'redis' | null;
  /** The answer came from a load that another read had started. */
  readonly collapsed: boolean;
  /** Why the read was not a plain hit; null for a plain hit. */
  readonly reason: Reason | null;
  /** Milliseconds since the answer's load began. */
  readonly ageMs: number;
  /** Milliseconds until the answer is no longer fresh; negative if it is stale. */
  readonly ttlMs: number;
  /** The position of the invalidation log that the load had seen. */
  readonly asOf: number;
  /**
   * False if the invalidation log is unreachable, so that the answer may be up to `maxAgeWhenDisconnectedMs` behind; or if the log
   * is on a server that may evict it, which is allowed for development.
   */
  readonly verified: boolean;
  /** Whether a loaded answer was stored in a tier. */
  readonly stored: boolean;
  /** The duration of the entry's load in milliseconds: the time that a hit saves. */
  readonly loadMs: number;
  /** Whether the load found the last answer unchanged (`notModified()`). Defaults to false. */
  readonly revalidated?: boolean;
  /** The parts of the read that took time, in their order. A hit from memory has none. */
  readonly hops?: readonly Hop[];
}

/**
 * A part of a read, and its duration in milliseconds. `lookup`: in the shared tier. `lock`: until the fill lock was acquired, or
 * another process had loaded. `queue`: until the origin had a permit. `load`: the load. `wait`: for a load of another read.
 */
export interface Hop {
  readonly name: 'lookup' | 'lock' | 'queue' | 'load' | 'wait';
  readonly ms: number;
}

/**
 * Why a read was not a plain hit. A hit has `early-refresh` (it is being reloaded early). A stale answer has `revalidating`,
 * `backing-off` (the load failed a moment ago and is not retried yet), `load-failed` or `load-slow`. A miss has the state of the key:
 * `absent`, `outdated` (an invalidation hit it, or the log began a new epoch), `expired` (past `staleUntil`, or stale and
 * reloaded), `behind` (this process has not applied the minimum position of the read).
 */
export type Reason =
  | 'early-refresh'
  | 'revalidating'
  | 'backing-off'
  | 'load-failed'
  | 'load-slow'
  | 'absent'
  | 'outdated'
  | 'expired'
  | 'behind';

/** The facts of a read that its entry does not hold. */
export type ReadFacts = Pick<Outcome, 'tier' | 'verified'> &
  Partial<Pick<Outcome, 'collapsed' | 'stored' | 'reason' | 'revalidated' | 'hops'>>;

/** Makes the outcome of a read that returns this entry. */
export function outcomeOf(
  outcome: Outcome['outcome'],
  { loadedAt, freshUntil, asOf, loadMs }: Entry,
  now: number,
  facts: ReadFacts,
): Outcome {
  const { hops, revalidated } = facts;
  const made: { -readonly [Name in keyof Outcome]: Outcome[Name] } = {
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
  if (hops) made.hops = hops;
  if (revalidated) made.revalidated = revalidated;
  return made;
}
