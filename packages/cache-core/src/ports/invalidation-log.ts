import type { InvalidationMode, SelectorToken } from '../model/selector.ts';

/** One record of the log. Positions within an epoch are consecutive integers from 1, so a gap is visible. */
export interface InvalidationRecord {
  readonly epoch: number;
  readonly position: number;
  readonly mode: InvalidationMode;
  readonly selectors: readonly SelectorToken[];
}

/** An invalidation to append. */
export interface Append {
  /**
   * The log appends an id once, however often the append is repeated. Null for an append that is never repeated: the log then
   * remembers no id.
   */
  readonly eventId: string | null;
  readonly mode: InvalidationMode;
  readonly selectors: readonly SelectorToken[];
  /** The highest epoch that the caller has seen. The log begins a later one rather than answer with an earlier one. */
  readonly knownEpoch: number;
}

/** The epoch and the position of an invalidation in the log. */
export interface Appended {
  readonly epoch: number;
  readonly position: number;
}

/** The log's answer to an append: also the register in the same atomic step, which a receipt need not read then. */
export interface AppendReply extends Appended {
  readonly followers: ReadonlyMap<string, RegisteredFollower>;
}

/** The log's answer to a renewal: how far a follower has to apply the log to be current. */
export interface Renewal {
  readonly epoch: number;
  readonly head: number;
  /** False if the register did not contain this follower. Its earlier leases are then void. */
  readonly wasRegistered: boolean;
}

/** The last position that hit each selector: everything that a follower needs to start, however long the log is. */
export interface Snapshot {
  readonly epoch: number;
  readonly head: number;
  /** Every position at or below it counts as hit, because hits up to it may be forgotten. */
  readonly floor: number;
  readonly lastHits: readonly { mode: InvalidationMode; selector: SelectorToken; position: number }[];
}

/** A follower, as the register stores it. */
export interface RegisteredFollower {
  /** How long each of its renewals lets it treat its knowledge as current. */
  readonly leaseMs: number;
  /** Increases with each renewal and never repeats: an unchanged number proves that no lease was granted since. */
  readonly renewals: number;
  readonly applied: number;
}

/** Proof that at one moment every follower in the register had applied a position. */
export interface AppliedByAll {
  readonly epoch: number;
  readonly position: number;
  /** The ids of these followers. */
  readonly followers: readonly string[];
}

/** The arguments of a renewal. */
export interface Following {
  readonly id: string;
  /** The epoch that it follows, and the position that it has applied in it. */
  readonly epoch: number;
  readonly applied: number;
  /** At most the log's `maxLeaseMs`. */
  readonly leaseMs: number;
}

/**
 * Port: the ordered, durable list of invalidations. Every method except `readAfter` and `waitAfter` first begins a new epoch if the
 * server has restarted since the present one began. These two may return records of an earlier run of the server; such records
 * cause misses and never renew a lease. Every method rejects with `Unreachable` within a bounded time if the log does not answer.
 */
export interface InvalidationLog {
  /**
   * The maximum lease of a follower in ms. It is the same for every process, because an appender waits this long for followers of an
   * earlier epoch, which it does not know.
   */
  readonly maxLeaseMs: number;
  /** False if the log may lose records without a trace, which only development allows. Every answer is then unverified. */
  readonly isTrusted: boolean;
  /** Appends one invalidation and returns its position, and the followers that a receipt waits for. */
  append(append: Append): Promise<AppendReply>;
  /** Registers the follower and its lease, records the position that it has applied, and returns the head of the log. */
  renew(follower: Following): Promise<Renewal>;
  /** Returns everything that a starting follower needs, of an epoch that is at least `knownEpoch`. */
  snapshot(knownEpoch: number): Promise<Snapshot>;
  /** Returns the records after a position immediately. They may be of a later epoch. */
  readAfter(epoch: number, position: number): Promise<InvalidationRecord[]>;
  /** Returns the records after a position as soon as there are any, or none after a few seconds. */
  waitAfter(epoch: number, position: number): Promise<InvalidationRecord[]>;
  /** Records what a follower has applied, so that receipts need not wait for its next renewal. */
  publishApplied(follower: { id: string; epoch: number; applied: number }): Promise<void>;
  /** Returns the followers of this epoch, or null if the log is in another one. */
  register(epoch: number): Promise<ReadonlyMap<string, RegisteredFollower> | null>;
  /** Removes the caller from the register. It must serve nothing afterwards. */
  leave(id: string, epoch: number): Promise<void>;
  /** Removes another follower from the register, unless it has renewed since. */
  drop(id: string, epoch: number, renewals: number): Promise<void>;
  /**
   * Calls the listener when every follower may have applied more records, with the proof if the log found it in one atomic step. The
   * notification can be late or lost. Returns a function that unsubscribes.
   */
  onApplied(listener: (proof?: AppliedByAll) => void): () => void;
}

/**
 * The parts of a log on a server. Each can be lost on its own, by an eviction or a command; the log then begins a new
 * epoch.
 */
export const LOG_PARTS = ['record', 'stream', 'followers', 'hits', 'scoped-hits', 'key-hits'] as const;
export type LogPart = (typeof LOG_PARTS)[number];
