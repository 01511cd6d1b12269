import type { DomainEvent, Invalidation, JobName } from '@pilotlight/contracts';

/** An event and its unfinished jobs. */
export interface OutboxEntry {
  event: DomainEvent;
  jobs: JobName[];
}

/** An event as an audit needs it. `event` is null if this version cannot read it. */
export interface RecentEvent {
  id: string;
  event: DomainEvent | null;
  /** Time since just before its commit, by the database's clock. */
  ageMs: number;
  /** Whether its invalidation is in the log. */
  isApplied: boolean;
}

/** An event that this version cannot read: it is damaged or of another version. */
export interface UnreadableEntry {
  id: string;
  payload: unknown;
  /** Its unfinished jobs. Jobs of other versions may have names that this version does not know. */
  jobs: string[];
}

/** Decides which events with unfinished jobs are due. An event that was never handed over is always due. */
export interface RelayLimits {
  limit: number;
  /** Time after a hand-over until the event is due again, in ms. It doubles per hand-over, up to 20 × this. */
  retryAfterMs: number;
  /**
   * Every event whose last hand-over is at least this long ago is due, regardless of its pause, in ms. By default no
   * event is.
   */
  allBeforeMs?: number;
}

export interface Outbox {
  /**
   * Hands over up to `limit` due events: first those never handed over, then the others by age. Each event goes to one
   * caller at a time and is marked once `handOver` has resolved. Returns the number of events.
   */
  relay(
    options: RelayLimits,
    handOver: (entries: OutboxEntry[], unreadable: UnreadableEntry[]) => Promise<void>,
  ): Promise<number>;
  /**
   * Returns how long, by the database's clock, the oldest event has waited, among those never handed over and the given
   * one (the event of the job at the head of a queue). Returns 0 if there is none. Costs one index scan.
   */
  waitingMs(eventId: string | null): Promise<number>;
  /** Records that a job of the event has finished. Can be repeated. */
  settle(eventId: string, job: JobName): Promise<void>;
  /** Records the position of the event's invalidation in the log. Can be repeated; the first position stays. */
  markApplied(eventId: string, position: number): Promise<void>;
  /** Returns the position and state of the event's invalidation. */
  invalidation(eventId: string): Promise<Invalidation>;
  /**
   * Returns the events committed within the last `withinMs` (the latest `limit` of them) and every event that is not
   * applied yet, oldest first.
   */
  recent(options: { withinMs: number; limit: number }): Promise<RecentEvent[]>;
  /**
   * Calls `listener` when there may be new events (LISTEN) and after a lost connection is restored. It is a hint, not a
   * guarantee.
   */
  onNotify(listener: () => void): Promise<{ close(): Promise<void> }>;
  /**
   * Removes settled events older than `olderThanMs`, except the latest event of an existing file. Returns the number of
   * removed events.
   */
  prune(olderThanMs: number): Promise<number>;
}
