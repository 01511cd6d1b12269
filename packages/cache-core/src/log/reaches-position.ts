import type { MinPosition } from '../model/min-position.ts';
import type { Follower } from './follower.ts';

/** A renewal that is in progress may have been answered before the position was appended; the next one was not. */
const RENEWALS = 2;

/**
 * Returns whether this process has applied every invalidation up to a position. Returns false for a pending write, whose position is
 * unknown, and for a position of another epoch: positions of different epochs are not comparable. Without an epoch, a lease decides: no
 * write is acknowledged in an epoch while a process has a lease of an earlier one.
 */
export function hasApplied({ synced, stamp, isCurrent }: Follower, { position, epoch }: MinPosition): boolean {
  if (position === null) return false;
  if (epoch === undefined) return isCurrent && position <= stamp.asOf;
  return synced && epoch === stamp.epoch && position <= stamp.asOf;
}

/** As `hasApplied`, but first reads the log if that can help. Takes at most two commands to the log, and none if it is unreachable. */
export async function reachesPosition(follower: Follower, min: MinPosition): Promise<boolean> {
  for (let renewals = 0; renewals < RENEWALS; renewals++) {
    if (hasApplied(follower, min)) return true;
    if (min.position === null || (min.epoch !== undefined && min.epoch < follower.epoch)) return false;
    if (!(await follower.catchUp())) break;
  }
  return hasApplied(follower, min);
}
