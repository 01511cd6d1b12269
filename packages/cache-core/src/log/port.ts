import type { InvalidationMode, SelectorToken } from '../selector.ts';

/** One invalidation. Positions of an epoch are consecutive integers from 1, so a gap is visible. */
export interface LogRecord {
  readonly epoch: number;
  readonly position: number;
  readonly mode: InvalidationMode;
  readonly selectors: readonly SelectorToken[];
}

/** An invalidation as it is asked for. */
export interface Append {
  /** The same id is appended once, however often it is asked for. Null if no caller can repeat it: then no id is remembered. */
  readonly eventId: string | null;
  readonly mode: InvalidationMode;
  readonly selectors: readonly SelectorToken[];
  /** The highest epoch the caller has seen: the log begins a later one rather than answer with an earlier. */
  readonly knownEpoch: number;
}

/** Where an invalidation stands in the log. */
export interface Appended {
  readonly epoch: number;
  readonly position: number;
}

/** The log's answer to a renewal: what a follower has to apply to be current. */
export interface Renewal {
  readonly epoch: number;
  readonly head: number;
  /** False: the register did not know this follower, so no lease from before counts. */
  readonly wasRegistered: boolean;
}

/** The last position that hit each selector: all a follower needs in order to start, whatever the log's length. */
export interface Snapshot {
  readonly epoch: number;
  readonly head: number;
  /** Nothing is known of hits at or below it. */
  readonly floor: number;
  readonly lastHits: readonly { mode: InvalidationMode; selector: SelectorToken; position: number }[];
}

/** A follower as the register knows it. */
export interface RegisteredFollower {
  /** For how long its renewals let it count its knowledge as current. */
  readonly leaseMs: number;
  /** Rises with each renewal and never comes back: an unchanged number means that no lease was given since. */
  readonly renewals: number;
  readonly applied: number;
}

/** What a follower says of itself when it renews. */
export interface Following {
  readonly id: string;
  /** The epoch it follows, and the position it has applied in it. */
  readonly epoch: number;
  readonly applied: number;
  /** At most the log's `maxLeaseMs`. */
  readonly leaseMs: number;
}

/**
 * The ordered, durable list of invalidations. Every method but the two that read records first makes sure that there is an
 * epoch of the server's present run; records may be of a run that is over, which makes misses and renews no lease. All of
 * them reject with `Unreachable` within a bounded time when the log does not answer.
 */
export interface InvalidationLog {
  /**
   * The longest lease that a follower of this log may have. It is the same for every process, because an appender that
   * knows nothing of the followers of an earlier epoch waits this long.
   */
  readonly maxLeaseMs: number;
  /** False if it may lose records without a trace, which is allowed for development alone. Every answer is unverified then. */
  readonly isTrusted: boolean;
  /** Puts one invalidation behind the others, and answers its position. */
  append(append: Append): Promise<Appended>;
  /** Registers the follower with its lease, notes what it has applied, and answers where the log is. */
  renew(follower: Following): Promise<Renewal>;
  /** What a follower that starts has to know; of an epoch that is at least `knownEpoch`. */
  snapshot(knownEpoch: number): Promise<Snapshot>;
  /** Records after a position, at once. They may be of a later epoch. */
  readAfter(epoch: number, position: number): Promise<LogRecord[]>;
  /** Records after a position, as soon as there are any; none after a few seconds. */
  waitAfter(epoch: number, position: number): Promise<LogRecord[]>;
  /** Notes what a follower has applied, so that receipts need not wait for its next renewal. */
  publishApplied(follower: { id: string; epoch: number; applied: number }): Promise<void>;
  /** The followers of this epoch; null when the log is in another one. */
  register(epoch: number): Promise<ReadonlyMap<string, RegisteredFollower> | null>;
  /** Takes the caller out of the register: it serves nothing from now on. */
  leave(id: string, epoch: number): Promise<void>;
  /** Takes another follower out of the register, provided that it has not renewed since. */
  drop(id: string, epoch: number, renewals: number): Promise<void>;
  /** Calls back when every follower may have applied more; a hint that can be lost. */
  onApplied(listener: () => void): () => void;
}

/** What a log on a server consists of. Each may be lost by itself, by an eviction or a command: then another epoch begins. */
export const LOG_PARTS = ['record', 'stream', 'followers', 'hits', 'scoped-hits', 'key-hits'] as const;
export type LogPart = (typeof LOG_PARTS)[number];
