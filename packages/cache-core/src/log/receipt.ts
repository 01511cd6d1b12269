import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import { Faults } from './faults.ts';
import type { Follower } from './follower.ts';
import type { Appended, InvalidationLog, RegisteredFollower } from './port.ts';

export interface ReceiptOptions {
  readonly log: InvalidationLog;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
  readonly leaseMs: number;
}

const POLL_MS = 20;

/**
 * Resolves once no process can serve what the appended position outdates: every registered follower has applied it, or
 * one whole lease has passed. A lease that does not know the position was issued before the append, so it has run out by
 * then whatever anybody's clock says; the register only makes the wait shorter.
 *
 * Invariant: in an epoch that is new to this process the register proves nothing before one whole lease has passed,
 * because a process that still lives in the epoch before is not in it. Nor in one that is not its own: where the log was
 * lost and the clock set back, that may be new, too, and lower than what this process has learnt meanwhile.
 */
export async function receipt(appended: Appended, appendedAt: number, options: ReceiptOptions): Promise<void> {
  const { log, follower, clock, leaseMs, background } = options;
  const faults = new Faults(background, 'receipt');
  const deadline = appendedAt + leaseMs;
  const lagging = new Map<string, { renewals: number; since: number }>();
  const wake = wakeOn(log);
  try {
    while (clock.monotonic() < deadline) {
      const isKnownLong = appended.epoch === follower.epoch && clock.monotonic() >= follower.sawEpochAt + leaseMs;
      if (!isKnownLong) {
        await clock.sleep(POLL_MS);
        continue;
      }
      const woken = wake.next();
      const register = await registerOf(log, appended.epoch, faults);
      if (register && noteLagging(register, appended.position, lagging, clock.monotonic())) return;
      await Promise.race([woken, clock.sleep(Math.min(POLL_MS, Math.max(1, deadline - clock.monotonic())))]);
    }
    background.run('drop-dead', () => dropDead(appended.epoch, lagging, options));
  } finally {
    wake.stop();
  }
}

/** Remembers who has not applied the position, and since when its renewals stand still. True when nobody is left. */
function noteLagging(
  register: ReadonlyMap<string, RegisteredFollower>,
  position: number,
  lagging: Map<string, { renewals: number; since: number }>,
  now: number,
): boolean {
  let waiting = false;
  for (const [id, { applied, renewals }] of register) {
    if (applied >= position) {
      lagging.delete(id);
      continue;
    }
    waiting = true;
    if (lagging.get(id)?.renewals !== renewals) lagging.set(id, { renewals, since: now });
  }
  return !waiting;
}

/** A follower that has not renewed for a whole lease has none, so the next receipt need not wait for it. */
async function dropDead(
  epoch: number,
  lagging: Map<string, { renewals: number; since: number }>,
  options: ReceiptOptions,
): Promise<void> {
  const { log, clock, leaseMs } = options;
  for (const [id, { renewals, since }] of lagging) {
    await clock.sleep(Math.max(0, since + leaseMs - clock.monotonic()));
    await log.drop(id, epoch, renewals);
  }
}

/** Null when the log does not answer or has left this epoch, also by a fault: then only the whole lease counts. */
async function registerOf(
  log: InvalidationLog,
  epoch: number,
  faults: Faults,
): Promise<ReadonlyMap<string, RegisteredFollower> | null> {
  try {
    return await log.register(epoch);
  } catch (error) {
    faults.failed(error);
    return null;
  }
}

function wakeOn(log: InvalidationLog): { next(): Promise<void>; stop(): void } {
  let wake: () => void = () => undefined;
  const stop = log.onApplied(() => wake());
  return {
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    stop,
  };
}
