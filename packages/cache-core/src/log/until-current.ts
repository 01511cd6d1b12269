import type { Clock } from '../model/clock.ts';
import type { Follower } from './follower.ts';

/** How long a start waits for the log, whose connection may not be established yet. */
const START_WAIT_MS = 1_000;
const START_RETRY_MS = 20;

/** Resolves once the follower is current, or after `START_WAIT_MS`. */
export async function untilCurrent(follower: Follower, clock: Clock): Promise<void> {
  for (const deadline = clock.monotonic() + START_WAIT_MS; clock.monotonic() < deadline; ) {
    await follower.renew().catch(() => undefined); // the follower reports the error and tries again
    if (follower.isCurrent) break;
    await clock.sleep(START_RETRY_MS);
  }
}
