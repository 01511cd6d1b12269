import type { Stamp } from './entry.ts';
import type { CacheKey } from './key.ts';
import type { Outcome } from './outcome.ts';
import type { InvalidationMode, SelectorToken } from './selector.ts';

/**
 * The `node:diagnostics_channel` names under which every cache of the process tells what it does. `read`, `load` and
 * `invalidate` are tracing channels, too (`tracing:{name}:start`, `end`, `asyncStart`, `asyncEnd`, `error`): one object
 * goes through all events of a run, and is filled in on the way. Other members than the documented ones may change.
 *
 * Nothing is put together for a channel without subscribers. What a subscriber throws does not reach the read: Node
 * raises it as an `uncaughtException` of its own, after the work at hand.
 */
export const cacheChannels = {
  /** `ReadMessage`: each read that got an answer, once. Traced with `ReadTrace`: each read that was awaited. */
  read: 'pilotlight:cache:read',
  /** Traced with `LoadTrace`: each load, with its wait for a turn at the origin. */
  load: 'pilotlight:cache:load',
  /** Traced with `InvalidateTrace`: each invalidation made here, until its receipt. */
  invalidate: 'pilotlight:cache:invalidate',
  /** `LogMessage`: how this process stands to the invalidation log. */
  log: 'pilotlight:cache:log',
  /** `OriginMessage`: the breaker of an origin opens or closes. */
  origin: 'pilotlight:cache:origin',
  /** `BackgroundMessage`: work that nobody awaited has failed. */
  background: 'pilotlight:cache:background',
} as const;

/** One read that got an answer. */
export interface ReadMessage {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  readonly key: CacheKey;
  /** The key's first segment, as callers wrote it, so not bounded; null for a key of one segment. */
  readonly prefix: string | null;
  readonly outcome: Outcome;
  /** Null when it was not timed: of hits in memory that are answered at once, one in 16 is. */
  readonly durationMs: number | null;
  /** False for a hit in memory that was answered at once: such a read is not traced. */
  readonly awaited: boolean;
}

/** One awaited read, from its call to its answer or error. */
export interface ReadTrace {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  readonly key: CacheKey;
  readonly prefix: string | null;
  /** Null until there is an answer, and when there is none. */
  outcome: Outcome | null;
  /** Set by Node when the read failed: what it threw. */
  error?: unknown;
}

/** One call of a load, from its request for a turn to its end. */
export interface LoadTrace {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  /** One key, or those of a batch that are loaded together. */
  readonly keys: readonly CacheKey[];
  /** That of the first key. */
  readonly prefix: string | null;
  readonly origin: string;
  /** How much of the log was applied as the load began; null until then, and of one that keeps nothing. */
  stamp: Stamp | null;
  /** How long it waited for its turn at the origin; null until it has begun. */
  waitedMs: number | null;
  /** How long the origin took; null until it has ended, and when it was never asked. */
  loadMs: number | null;
  /** Set by Node when the load failed: what it threw, or `LoadTimedOut`, `OriginOverloaded`, `OriginUnavailable`. */
  error?: unknown;
}

/** One invalidation made by this process, from its append to its receipt. */
export interface InvalidateTrace {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  /** `a` for everything, `p:{prefix}`, `t:{tag}`, `k:{key}`, `s:["{prefix}",{scope}]`. */
  readonly selectors: readonly SelectorToken[];
  readonly mode: InvalidationMode;
  /** Null when the caller gave none. */
  readonly eventId: string | null;
  /** Null until it has ended. */
  state: 'applied' | 'pending' | null;
  epoch: number | null;
  position: number | null;
  receiptMs: number | null;
}

/** How this process stands to the invalidation log has changed. */
export interface LogMessage {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  /**
   * `unreachable`: it gave no answer; what is known here stays current until the lease ends. `blind`: the lease has ended,
   * so reads are unverified. `reachable`: it answers, and this process has caught up. `epoch`: this process has
   * entered a new epoch (its first, too), so what was loaded before is outdated.
   */
  readonly change: 'reachable' | 'unreachable' | 'disconnected' | 'epoch';
  readonly epoch: number;
  /** The last position applied here. */
  readonly applied: number;
}

/** The breaker of an origin has changed its state. */
export interface OriginMessage {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  readonly origin: string;
  readonly breaker: 'closed' | 'open' | 'half-open';
}

/**
 * Why work runs that no caller awaits, or that continues after an error. The set is closed: callers await everything
 * else.
 */
export type BackgroundReason =
  | 'fill'
  | 'revalidate'
  | 'release'
  | 'follow'
  | 'renew'
  | 'publish-applied'
  | 'receipt'
  | 'drop-dead'
  | 'report'
  | 'compress';

/** Work that no caller awaits (a reload, a fill, a report) has failed. */
export interface BackgroundMessage {
  /** The name of the cache that tells it: `CacheOptions.name`. */
  readonly cache: string;
  readonly reason: BackgroundReason;
  readonly error: unknown;
}
