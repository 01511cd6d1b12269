import { SnapshotHits } from '../log/snapshot-hits.ts';
import { MAX_DURATION_MS } from '../model/duration.ts';
import { Unreachable } from '../model/errors.ts';
import type {
  Append,
  Appended,
  AppendReply,
  AppliedByAll,
  Following,
  InvalidationLog,
  InvalidationRecord,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from '../ports/invalidation-log.ts';

/**
 * The only epoch, with which every follower begins. No process can still be in an earlier one, which a receipt in a new
 * epoch would have to wait for: see `Follower.sawEpochAt`.
 */
const EPOCH = 0;
/** The maximum number of records. The event id of a record is remembered as long as the record. */
const MAX_RECORDS = 10_000;
/** As many as the index of a follower holds for each mode, so that every snapshot fits into it. */
const HIT_LIMITS = { selectors: 10_000, scopedHits: 10_000, keyHits: 10_000 };

/** The invalidation log of one process, in its memory. It is unreachable only once it is closed. */
export class ProcessLog implements InvalidationLog {
  /** Any lease is allowed: this log never loses its followers, so no appender waits for unknown ones. */
  readonly maxLeaseMs = MAX_DURATION_MS;
  readonly isTrusted = true;
  #head = 0;
  /** Consecutive records up to the head. */
  readonly #records: InvalidationRecord[] = [];
  readonly #hits = new SnapshotHits(HIT_LIMITS);
  readonly #events = new Map<string, Appended>();
  readonly #followers = new Map<string, RegisteredFollower>();
  #renewals = 0;
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(proof: AppliedByAll) => void>();
  #isClosed = false;

  async append(append: Append): Promise<AppendReply> {
    this.#assertOpen();
    return { ...this.#appendOnce(append), followers: new Map(this.#followers) };
  }

  #appendOnce({ eventId, mode, selectors }: Append): Appended {
    const before = eventId === null ? undefined : this.#events.get(eventId);
    if (before) return before;
    const appended = { epoch: EPOCH, position: ++this.#head };
    this.#records.push({ ...appended, mode, selectors });
    this.#hits.record(mode, selectors, appended.position);
    if (eventId !== null) this.#events.set(eventId, appended);
    if (this.#records.length > MAX_RECORDS) this.#trim();
    this.#wakeAll();
    return appended;
  }

  async renew({ id, applied, leaseMs }: Following): Promise<Renewal> {
    this.#assertOpen();
    const before = this.#followers.get(id);
    this.#followers.set(id, {
      leaseMs,
      renewals: ++this.#renewals,
      applied: Math.max(before?.applied ?? 0, applied),
    });
    return { epoch: EPOCH, head: this.#head, wasRegistered: before !== undefined };
  }

  async snapshot(): Promise<Snapshot> {
    this.#assertOpen();
    const { floor, lastHits } = this.#hits;
    return { epoch: EPOCH, head: this.#head, floor, lastHits };
  }

  async readAfter(_epoch: number, position: number): Promise<InvalidationRecord[]> {
    this.#assertOpen();
    return this.#after(position);
  }

  /** Waits without a limit: no record can be lost on the way, so the caller never has to ask again. */
  async waitAfter(_epoch: number, position: number): Promise<InvalidationRecord[]> {
    this.#assertOpen();
    if (this.#head <= position) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return this.#after(position);
  }

  async publishApplied({ id, applied }: { id: string; applied: number }): Promise<void> {
    this.#assertOpen();
    const before = this.#followers.get(id);
    if (!before || applied < before.applied) return;
    this.#followers.set(id, { ...before, applied });
    for (const other of this.#followers.values()) if (other.applied < applied) return;
    const proof = { epoch: EPOCH, position: applied, followers: [...this.#followers.keys()] };
    for (const notify of [...this.#listeners]) notify(proof);
  }

  async register(): Promise<ReadonlyMap<string, RegisteredFollower>> {
    this.#assertOpen();
    return new Map(this.#followers);
  }

  async leave(id: string): Promise<void> {
    this.#assertOpen();
    this.#followers.delete(id);
  }

  async drop(id: string, _epoch: number, renewals: number): Promise<void> {
    this.#assertOpen();
    if (this.#followers.get(id)?.renewals === renewals) this.#followers.delete(id);
  }

  onApplied(listener: (proof: AppliedByAll) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends waiting calls without records, and rejects later calls. */
  close(): void {
    this.#isClosed = true;
    this.#wakeAll();
  }

  /** The position of the last record that was trimmed. */
  get #trimmedTo(): number {
    return this.#head - this.#records.length;
  }

  #after(position: number): InvalidationRecord[] {
    return this.#records.slice(Math.max(0, position - this.#trimmedTo));
  }

  #trim(): void {
    this.#records.shift();
    for (const [eventId, { position }] of this.#events) {
      if (position > this.#trimmedTo) return;
      this.#events.delete(eventId);
    }
  }

  #wakeAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Unreachable('the invalidation log of this process, which is closed,');
  }
}
