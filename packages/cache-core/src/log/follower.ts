import type { Instant } from '../clock.ts';
import type { Stamp } from '../entry.ts';
import { AppliedPublisher } from './applied-publisher.ts';
import { ErrorOnce } from './error-once.ts';
import type { FollowerOptions } from './follower-options.ts';
import { HitIndex } from './hit-index.ts';
import { LogEvents } from './log-events.ts';
import type { LogRecord } from './port.ts';

const NO_LEASE: Instant = { monotonic: -1, wall: -1 };
const CATCH_UP_TRIES = 4;
const RETRY_MS = 100;
/** Records that are read one by one; a follower further behind takes the snapshot, whose size is bounded. */
const FAR_BEHIND = 500;

/**
 * Tails the invalidation log for one process. What it knows is current for a lease: until then, every invalidation
 * that was acknowledged has been applied here.
 *
 * Invariants: the lease runs from the moment its renewal was issued, and only once the head it answered is applied; a
 * read of the log alone renews nothing; epochs only rise; a follower that was dropped from the register has no lease
 * from before.
 */
export class Follower {
  readonly index: HitIndex;
  readonly #options: FollowerOptions;
  #epoch = 0;
  #applied = 0;
  /** Whether `index` holds this epoch's hits up to `applied`. */
  #synced = false;
  /** Epoch 0 is that of a log which never has another: no process can live on in one before it. */
  #sawEpochAt = Number.NEGATIVE_INFINITY;
  /** The lease's end by both clocks: see `isCurrent`. */
  #lease = NO_LEASE;
  #renewal: { head: number; issued: Instant } | null = null;
  #renewing: Promise<void> | null = null;
  #reachable = false;
  /** Until `start`, or until the first read before it. */
  #onUnstarted: (() => void) | undefined;
  readonly #publisher: AppliedPublisher;
  readonly #renewErrors: ErrorOnce;
  readonly #followErrors: ErrorOnce;
  readonly #events: LogEvents;
  readonly #stopping = new AbortController();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#onUnstarted = options.onUnstarted;
    this.index = options.index ?? new HitIndex();
    const { id, name, log, background } = options;
    this.#events = new LogEvents(name);
    this.#publisher = new AppliedPublisher(log, background, () => ({ id, epoch: this.#epoch, applied: this.#applied }));
    this.#renewErrors = new ErrorOnce(background, 'renew');
    this.#followErrors = new ErrorOnce(background, 'follow');
  }

  /** What a load that starts now may be stamped with. */
  get stamp(): Stamp {
    return { epoch: this.#epoch, asOf: this.#applied };
  }

  get epoch(): number {
    return this.#epoch;
  }

  get synced(): boolean {
    return this.#synced;
  }

  /** When this process first saw the present epoch, on the monotonic clock; before all time for the only epoch there is. */
  get sawEpochAt(): number {
    return this.#sawEpochAt;
  }

  /**
   * Whether every acknowledged invalidation is known to be applied here. The wall clock can only end a lease early: where
   * the monotonic one stands still while the machine is suspended, it is the one that tells.
   */
  get isCurrent(): boolean {
    const { clock } = this.#options;
    return this.isCurrentAt({ monotonic: clock.monotonic(), wall: clock.now() });
  }

  isCurrentAt({ monotonic, wall }: Instant): boolean {
    return monotonic < this.#lease.monotonic && wall < this.#lease.wall;
  }

  /** False if the log may lose records without a trace, so that no answer is verified. */
  get isTrusted(): boolean {
    return this.#options.log.isTrusted;
  }

  /** `leaseExpired`: the lease has ended and the next read catches up. `disconnected`: it has ended and the log is out of reach. */
  get standing(): 'current' | 'leaseExpired' | 'disconnected' {
    if (this.isCurrent) return 'current';
    return this.#reachable ? 'leaseExpired' : 'disconnected';
  }

  start(): void {
    this.#onUnstarted = undefined;
    this.#options.background.run('renew', () => this.#keepRenewing());
    this.#options.background.run('follow', () => this.#follow());
  }

  /** Gives up the lease, then the place in the register, so that no receipt waits for this process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#lease = NO_LEASE;
    if (this.#reachable) await this.#options.log.leave(this.#options.id, this.#epoch);
  }

  /** Makes the knowledge current, past the lease. False when the log is out of reach: the process is blind. */
  async catchUp(): Promise<boolean> {
    this.#onUnstarted?.();
    this.#onUnstarted = undefined;
    // Stopped: a renewal would take back the place in the register that was given up.
    for (let tries = 0; tries < CATCH_UP_TRIES && this.#reachable && !this.#stopping.signal.aborted; tries++) {
      try {
        await this.renew();
      } catch {
        return false; // told by #renewOnce
      }
      if (this.isCurrent) return true;
    }
    return false;
  }

  /** One renewal at a time; those who ask meanwhile share it. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Forgets all it knows of earlier epochs. An epoch that is not later is a late reply: ignored. */
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
      this.#reach(null);
      this.#renewErrors.succeeded();
    } catch (error) {
      this.#reach(error);
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

  async #apply(records: readonly LogRecord[]): Promise<void> {
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

  /** @param lost the error because of which it is out of reach; null when it is reached */
  #reach(lost: unknown): void {
    const reachable = lost === null;
    if (this.#reachable === reachable) return;
    this.#reachable = reachable;
    if (reachable) this.#events.reached(this.stamp);
    else this.#events.lost(this.stamp);
    this.#options.onReach?.(lost);
  }

  async #keepRenewing(): Promise<void> {
    const { clock, renewEveryMs } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.renew();
      } catch {
        // told by #renewOnce; tried again below
        if (!this.isCurrent && !this.#stopping.signal.aborted) this.#events.disconnected(this.stamp);
      }
      await clock.sleep(this.#reachable ? renewEveryMs : RETRY_MS, this.#stopping.signal);
    }
  }

  async #follow(): Promise<void> {
    const { clock, log } = this.#options;
    await this.renew().catch(() => undefined); // the first of the renewals: there it is told, and tried again
    while (!this.#stopping.signal.aborted) {
      if (!this.#reachable || !this.#synced) {
        await clock.sleep(RETRY_MS / 4, this.#stopping.signal);
        continue;
      }
      try {
        await this.#apply(await log.waitAfter(this.#epoch, this.#applied));
        this.#followErrors.succeeded();
      } catch (error) {
        this.#followErrors.failed(error);
        // The renewals run beside it: they read what this connection missed, and tell when the log is out of reach.
        await clock.sleep(RETRY_MS, this.#stopping.signal);
      }
    }
  }
}
