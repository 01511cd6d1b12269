import type { Instant } from '../model/clock.ts';
import type { Stamp } from '../model/entry.ts';
import type { InvalidationRecord } from '../ports/invalidation-log.ts';
import { AppliedPublisher } from './applied-publisher.ts';
import { ErrorOnce } from './error-once.ts';
import type { FollowerOptions } from './follower-options.ts';
import { HitIndex } from './hit-index.ts';
import { LogEvents } from './log-events.ts';

const NO_LEASE: Instant = { monotonic: -1, wall: -1 };
const CATCH_UP_TRIES = 4;
/** Constant: an exponential back-off would delay the end of an outage, and cockatiel's draws from Math.random, not from a port. */
const RETRY_MS = 100;
/** A follower that is further behind takes the snapshot, whose size is bounded, instead of reading record by record. */
const FAR_BEHIND = 500;

/**
 * Follows the invalidation log for one process. Its knowledge is current for a lease: until the lease ends, every
 * acknowledged invalidation has been applied here.
 *
 * Invariants: the lease runs from the moment at which its renewal was issued, and only once the head that the renewal
 * returned is applied; reading the log alone renews nothing; epochs only rise; a follower that was dropped from the
 * register has no earlier lease; the index has another version after each change of
 * `epoch` or `synced`.
 */
export class Follower {
  readonly index = new HitIndex();
  readonly #options: FollowerOptions;
  #epoch = 0;
  #applied = 0;
  /** True if `index` holds the hits of this epoch up to `applied`. */
  #synced = false;
  /** Negative infinity for epoch 0: a log with epoch 0 never begins another one, so no process can be in an earlier epoch. */
  #sawEpochAt = Number.NEGATIVE_INFINITY;
  /** The end of the lease by both clocks: see `isCurrent`. */
  #lease = NO_LEASE;
  #renewal: { head: number; issued: Instant } | null = null;
  #renewing: Promise<void> | null = null;
  #reachable = false;
  /** Set until `start`, or until the first read before it. */
  #onUnstarted: (() => void) | undefined;
  readonly #publisher: AppliedPublisher;
  readonly #renewErrors: ErrorOnce;
  readonly #followErrors: ErrorOnce;
  readonly #events: LogEvents;
  readonly #stopping = new AbortController();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#onUnstarted = options.onUnstarted;
    const { id, name, log, background } = options;
    this.#events = new LogEvents(name);
    this.#publisher = new AppliedPublisher(log, background, () => ({ id, epoch: this.#epoch, applied: this.#applied }));
    this.#renewErrors = new ErrorOnce(background, 'renew');
    this.#followErrors = new ErrorOnce(background, 'follow');
  }

  /** The stamp for a load that starts now. */
  get stamp(): Stamp {
    return { epoch: this.#epoch, asOf: this.#applied };
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The number of records that the last renewal found in the log and that this process has not applied yet. */
  get lag(): number {
    return Math.max(0, (this.#renewal?.head ?? 0) - this.#applied);
  }

  get synced(): boolean {
    return this.#synced;
  }

  /** When this process first saw the present epoch, on the monotonic clock; negative infinity for epoch 0. */
  get sawEpochAt(): number {
    return this.#sawEpochAt;
  }

  /**
   * Returns true if every acknowledged invalidation has been applied here. The wall clock can only end a lease early: it
   * detects a suspended machine, whose monotonic clock does not advance.
   */
  get isCurrent(): boolean {
    const { clock } = this.#options;
    return this.isCurrentAt(clock.monotonic(), clock.now());
  }

  isCurrentAt(monotonic: number, wall: number): boolean {
    return monotonic < this.#lease.monotonic && wall < this.#lease.wall;
  }

  /** Returns false if the log may lose records without a trace, so that no answer is verified. */
  get isTrusted(): boolean {
    return this.#options.log.isTrusted;
  }

  /** `leaseExpired`: the lease has ended and the next read catches up. `disconnected`: it has ended and the log is unreachable. */
  get state(): 'current' | 'leaseExpired' | 'disconnected' {
    if (this.isCurrent) return 'current';
    return this.#reachable ? 'leaseExpired' : 'disconnected';
  }

  start(): void {
    this.#onUnstarted = undefined;
    this.#options.background.run('renew', () => this.#keepRenewing());
    this.#options.background.run('follow', () => this.#follow());
  }

  /** Gives up the lease, then leaves the register, so that no receipt waits for this process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#lease = NO_LEASE;
    if (this.#reachable) await this.#options.log.leave(this.#options.id, this.#epoch);
  }

  /** Catches up after the lease has ended. Returns false if the log is unreachable, so that the process is disconnected. */
  async catchUp(): Promise<boolean> {
    this.#onUnstarted?.();
    this.#onUnstarted = undefined;
    // A renewal after `stop` would register the process again.
    for (let tries = 0; tries < CATCH_UP_TRIES && this.#reachable && !this.#stopping.signal.aborted; tries++) {
      try {
        await this.renew();
      } catch {
        return false; // #renewOnce has reported the error
      }
      if (this.isCurrent) return true;
    }
    return false;
  }

  /** Renews the lease. Concurrent callers share one renewal. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /**
   * Enters a later epoch and forgets everything about earlier ones. An epoch that is not later comes from a late reply
   * and is ignored.
   */
  enterEpoch(epoch: number): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#applied = 0;
    this.#synced = false;
    this.#renewal = null;
    this.#lease = NO_LEASE;
    this.#sawEpochAt = this.#options.clock.monotonic();
    this.index.clear();
    this.#events.entered(epoch);
  }

  async #renewOnce(): Promise<void> {
    const { log, clock, id, leaseMs } = this.#options;
    const issued = { monotonic: clock.monotonic(), wall: clock.now() };
    try {
      const renewal = await log.renew({ id, epoch: this.#epoch, applied: this.#applied, leaseMs });
      if (renewal.epoch < this.#epoch) return;
      this.enterEpoch(renewal.epoch);
      if (!renewal.wasRegistered) this.#lease = NO_LEASE;
      if (!this.#renewal || issued.monotonic >= this.#renewal.issued.monotonic)
        this.#renewal = { head: renewal.head, issued };
      if (!this.#synced || renewal.head - this.#applied > FAR_BEHIND) await this.#sync();
      else if (this.#applied < renewal.head) await this.#apply(await log.readAfter(this.#epoch, this.#applied));
      this.#extendLease();
      this.#setConnectivity(null);
      this.#renewErrors.succeeded();
    } catch (error) {
      this.#setConnectivity(error);
      this.#renewErrors.failed(error);
      throw error;
    }
  }

  async #sync(): Promise<void> {
    const snapshot = await this.#options.log.snapshot(this.#epoch);
    if (snapshot.epoch < this.#epoch) return;
    this.enterEpoch(snapshot.epoch);
    if (this.#synced && snapshot.head <= this.#applied) return;
    this.index.replace(snapshot);
    this.#applied = snapshot.head;
    this.#synced = true;
    this.#publisher.publish();
  }

  async #apply(records: readonly InvalidationRecord[]): Promise<void> {
    const before = this.#applied;
    let gap = false;
    for (const record of records) {
      this.enterEpoch(record.epoch);
      if (record.epoch !== this.#epoch || record.position <= this.#applied) continue;
      gap = !this.#synced || record.position !== this.#applied + 1;
      if (gap) break;
      this.index.record(record);
      this.#applied = record.position;
    }
    if (gap) await this.#sync();
    this.#extendLease();
    if (this.#applied !== before) this.#publisher.publish();
  }

  #extendLease(): void {
    const renewal = this.#renewal;
    if (!renewal || !this.#synced || this.#applied < renewal.head || this.#stopping.signal.aborted) return;
    const { leaseMs } = this.#options;
    const { monotonic, wall } = renewal.issued;
    if (monotonic + leaseMs >= this.#lease.monotonic)
      this.#lease = { monotonic: monotonic + leaseMs, wall: wall + leaseMs };
  }

  /** @param lost the error that made the log unreachable, or null if it is reachable */
  #setConnectivity(lost: unknown): void {
    const reachable = lost === null;
    if (this.#reachable === reachable) return;
    this.#reachable = reachable;
    if (reachable) this.#events.reached(this.stamp);
    else this.#events.lost(this.stamp);
    this.#options.onConnectivityChange?.(lost);
  }

  async #keepRenewing(): Promise<void> {
    const { clock, renewEveryMs } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.renew();
      } catch {
        // #renewOnce has reported the error; the loop tries again
        if (!this.isCurrent && !this.#stopping.signal.aborted) this.#events.disconnected(this.stamp);
      }
      await clock.sleep(this.#reachable ? renewEveryMs : RETRY_MS, this.#stopping.signal);
    }
  }

  async #follow(): Promise<void> {
    const { clock, log } = this.#options;
    await this.renew().catch(() => undefined); // #renewOnce has reported the error, and the renewal loop tries again
    while (!this.#stopping.signal.aborted) {
      if (!this.#reachable || !this.#synced) {
        await clock.sleep(RETRY_MS / 4, this.#stopping.signal);
        continue;
      }
      try {
        await this.#apply(await log.waitAfter(this.#epoch, this.#applied));
        // The reports of other processes need the processor before the next read does: this saves 6 % of a receipt on two cores.
        await this.#publisher.settled();
        this.#followErrors.succeeded();
      } catch (error) {
        this.#followErrors.failed(error);
        // The renewals run in parallel: they read what this connection missed, and report when the log is unreachable.
        await clock.sleep(RETRY_MS, this.#stopping.signal);
      }
    }
  }
}
