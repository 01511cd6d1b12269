import type { Background } from '../model/background.ts';
import { type Clock, resultWithin } from '../model/clock.ts';
import type { AppendReply, InvalidationLog, RegisteredFollower } from '../ports/invalidation-log.ts';
import type { AppliedNotifications } from './applied-notifications.ts';
import { ErrorOnce } from './error-once.ts';
import type { Follower } from './follower.ts';

export interface ReceiptOptions {
  readonly log: InvalidationLog;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
  /** Began before the append. */
  readonly notifications: AppliedNotifications;
}

/** A follower that has not applied the position, and since when its number of renewals is unchanged. */
interface Lagging {
  readonly renewals: number;
  readonly leaseMs: number;
  readonly since: number;
}

/** How it is known that a process serves nothing that an invalidation hits. */
export interface Confirmation {
  /** The id of the process in the register of followers. */
  readonly process: string;
  /**
   * `applied`: the process has applied the position. `left`: it has left the register. `leaseEnded`: it did not answer, and its lease has
   * ended.
   */
  readonly how: 'applied' | 'left' | 'leaseEnded';
  /** Milliseconds from the append until this was known. */
  readonly afterMs: number;
}

const POLL_MS = 20;
/** The clocks of two machines may run 1 % apart, so a lease of another process takes up to 1 % longer on this clock. */
const CLOCK_DRIFT = 0.01;

/** Returns how long this process waits, by its own clock, until a lease of another process has certainly ended. */
export const withClockDrift = (leaseMs: number): number => leaseMs * (1 + CLOCK_DRIFT);

/**
 * Resolves once no process can serve anything that the appended position invalidates: every registered follower has
 * applied it, or the leases of the others have ended. A lease that does not know the position was issued before the
 * append, so it ends within one lease after the append, whatever any wall clock shows. The register names the leases to
 * wait for and their lengths. The log's notification that every follower has applied a position is as good as reading the
 * register at that moment, so usually no command follows the last follower's report.
 *
 * Invariant: in an epoch that is new to this process the register proves nothing before the longest possible lease has
 * passed, because a process that is still in the earlier epoch is not registered. The same holds in an epoch that is not
 * this process's own: a log that was lost while its clock was set back may begin an epoch below the one that this process
 * knows.
 *
 * @returns one confirmation for each process, in the order in which they came; empty if the register proved nothing
 */
export async function receipt(
  appended: AppendReply,
  appendedAt: number,
  options: ReceiptOptions,
): Promise<readonly Confirmation[]> {
  const { log, follower, clock, background, notifications } = options;
  const errors = new ErrorOnce(background, 'receipt');
  const longestMs = withClockDrift(log.maxLeaseMs);
  let deadline = appendedAt + longestMs;
  const lagging = new Map<string, Lagging>();
  const confirmed = new Map<string, Confirmation>();
  const note = (process: string, how: Confirmation['how']): void => {
    if (!confirmed.has(process)) confirmed.set(process, { process, how, afterMs: clock.monotonic() - appendedAt });
  };
  // The register at the append, then as it is read.
  let register: ReadonlyMap<string, RegisteredFollower> | null = appended.followers;
  while (clock.monotonic() < deadline) {
    const isKnownLong = appended.epoch === follower.epoch && clock.monotonic() >= follower.sawEpochAt + longestMs;
    if (!isKnownLong) {
      register = null;
      await clock.sleep(Math.min(POLL_MS, deadline - clock.monotonic()));
      continue;
    }
    const proof = notifications.proofOf(appended);
    if (proof) {
      for (const id of proof.followers) note(id, 'applied');
      for (const id of lagging.keys()) note(id, 'left');
      return [...confirmed.values()];
    }
    const notified = notifications.next(appended);
    register ??= await registerOf(log, appended.epoch, errors);
    if (register) {
      for (const id of lagging.keys()) if (!register.has(id)) note(id, 'left');
      for (const [id, { applied }] of register) if (applied >= appended.position) note(id, 'applied');
      noteLagging(register, appended.position, lagging, clock.monotonic());
      if (lagging.size === 0) return [...confirmed.values()];
      deadline = appendedAt + withClockDrift(Math.max(...[...lagging.values()].map(({ leaseMs }) => leaseMs)));
    }
    register = null;
    await resultWithin(notified, Math.min(POLL_MS, Math.max(1, deadline - clock.monotonic())), clock);
  }
  for (const id of lagging.keys()) note(id, 'leaseEnded');
  background.run('drop-dead', () => dropDead(appended.epoch, lagging, options));
  return [...confirmed.values()];
}

/** Updates `lagging`: the followers that have not applied the position, and since when their renewals are unchanged. */
function noteLagging(
  register: ReadonlyMap<string, RegisteredFollower>,
  position: number,
  lagging: Map<string, Lagging>,
  now: number,
): void {
  for (const id of lagging.keys()) if (!register.has(id)) lagging.delete(id);
  for (const [id, { applied, renewals, leaseMs }] of register) {
    if (applied >= position) lagging.delete(id);
    else if (lagging.get(id)?.renewals !== renewals) lagging.set(id, { renewals, leaseMs, since: now });
  }
}

/** Drops followers that have not renewed for a whole lease, so that the next receipt need not wait for them. */
async function dropDead(
  epoch: number,
  lagging: ReadonlyMap<string, Lagging>,
  { log, clock }: ReceiptOptions,
): Promise<void> {
  for (const [id, { renewals, leaseMs, since }] of lagging) {
    await clock.sleep(Math.max(0, since + withClockDrift(leaseMs) - clock.monotonic()));
    await log.drop(id, epoch, renewals);
  }
}

/** Returns null if the log does not answer, has left this epoch or fails otherwise: only the longest lease counts then. */
async function registerOf(
  log: InvalidationLog,
  epoch: number,
  errors: ErrorOnce,
): Promise<ReadonlyMap<string, RegisteredFollower> | null> {
  try {
    return await log.register(epoch);
  } catch (error) {
    errors.failed(error);
    return null;
  }
}
