import type { Stamp } from './entry.ts';
import type { CacheKey } from './key.ts';
import type { Outcome } from './outcome.ts';
import type { InvalidationMode, SelectorToken } from './selector.ts';

/**
 * The `node:diagnostics_channel` names under which every cache of the process publishes events. `read`, `load` and
 * `invalidate` are also tracing channels (`tracing:{name}:start`, `end`, `asyncStart`, `asyncEnd`, `error`): all events of one
 * run share one object, whose members are filled in as the run proceeds. Undocumented members may change.
 *
 * Messages are built only for channels with subscribers. An error that a subscriber throws does not reach the read: Node
 * raises it as a separate `uncaughtException` after the current work.
 */
export const cacheChannels = {
  /** `ReadMessage`: once for each read that got an answer. Traced with `ReadTrace`: each awaited read. */
  read: 'pilotlight:cache:read',
  /** Traced with `LoadTrace`: each load, including its wait for a permit of the origin. */
  load: 'pilotlight:cache:load',
  /** Traced with `InvalidateTrace`: each invalidation by this process, until its receipt. */
  invalidate: 'pilotlight:cache:invalidate',
  /** `LogMessage`: the connection of this process to the invalidation log has changed. */
  log: 'pilotlight:cache:log',
  /** `OriginMessage`: the circuit breaker of an origin has changed its state. */
  origin: 'pilotlight:cache:origin',
  /** `BackgroundMessage`: work that no caller awaits has failed. */
  background: 'pilotlight:cache:background',
} as const;

/** One read that got an answer. */
export interface ReadMessage {
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  readonly key: CacheKey;
  /** The key's first segment as callers wrote it, so the number of prefixes is not bounded; null for a key of one segment. */
  readonly prefix: string | null;
  readonly outcome: Outcome;
  /** Duration of the read; null if it was not timed. Of the memory hits that are answered synchronously, one in 16 is timed. */
  readonly durationMs: number | null;
  /** False for a memory hit that was answered synchronously: such a read is not traced. */
  readonly awaited: boolean;
}

/** One awaited read, from the call to the answer or error. */
export interface ReadTrace {
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  readonly key: CacheKey;
  readonly prefix: string | null;
  /** Null until the read has an answer, and if it fails. */
  outcome: Outcome | null;
  /** The error of a failed read, set by Node. */
  error?: unknown;
}

/** One call of a load, from its request for a permit to its end. */
export interface LoadTrace {
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  /** One key, or the keys of a batch that are loaded together. */
  readonly keys: readonly CacheKey[];
  /** The prefix of the first key. */
  readonly prefix: string | null;
  readonly origin: string;
  /**
   * The log position that this process had applied when the load began; null before, and for a load whose answer is not
   * stored.
   */
  stamp: Stamp | null;
  /** Milliseconds that the load waited for a permit of the origin; null until it has begun. */
  waitedMs: number | null;
  /** Milliseconds that the origin took; null until the load has ended, and if the origin was not called. */
  loadMs: number | null;
  /** The error of a failed load, set by Node: its own error, or `LoadTimedOut`, `OriginOverloaded` or `OriginCircuitOpen`. */
  error?: unknown;
}

/** One invalidation by this process, from its append to its receipt. */
export interface InvalidateTrace {
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  /** Tokens: `a` for everything, `p:{prefix}`, `t:{tag}`, `k:{key}`, `s:["{prefix}",{scope}]`. */
  readonly selectors: readonly SelectorToken[];
  readonly mode: InvalidationMode;
  /** Null if the caller passed none. */
  readonly eventId: string | null;
  /** Null until the invalidation has ended. */
  state: 'applied' | 'pending' | null;
  epoch: number | null;
  position: number | null;
  receiptMs: number | null;
}

/** The connection of this process to the invalidation log, or its epoch, has changed. */
export interface LogMessage {
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  /**
   * - `unreachable`: the log did not answer. The hit index of this process is current until the lease ends.
   * - `disconnected`: the log is unreachable and the lease has ended, so reads are unverified.
   * - `reachable`: the log answers, and this process has caught up.
   * - `epoch`: this process has entered a new epoch (also its first one), which invalidates all earlier loads.
   */
  readonly change: 'reachable' | 'unreachable' | 'disconnected' | 'epoch';
  readonly epoch: number;
  /** The last position that this process has applied. */
  readonly applied: number;
}

/** The circuit breaker of an origin has changed its state. */
export interface OriginMessage {
  /** The name of the publishing cache: `CacheOptions.name`. */
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
  /** The name of the publishing cache: `CacheOptions.name`. */
  readonly cache: string;
  readonly reason: BackgroundReason;
  readonly error: unknown;
}
