import type { Follower } from '../log/follower.ts';
import type { Background } from '../model/background.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import { invalidationTargetsOf } from '../model/invalidation-targets.ts';
import type { CacheKey } from '../model/key.ts';
import type { FillLock, FillLockAttempt } from '../ports/fill-lock.ts';
import { isCachedEntry, type Lookup } from './lookup.ts';

export interface FillLockOptions {
  readonly lock: FillLock;
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
  /** After this wait a process loads without the lock: a slow holder delays other processes, it never makes their reads fail. */
  readonly waitForFillMs: number;
}

export interface FillLockRequest {
  readonly key: CacheKey;
  /** Returns whether an entry that another process has filled makes the load unnecessary. */
  readonly isEnough: (cached: CachedEntry) => boolean;
  /** Whether the shared tier did not answer this read. */
  readonly isSharedUnreachable: boolean;
  /** When the read's lookup in the shared tier began, by the monotonic clock; null if it made none. It found no entry that is enough. */
  readonly lookedAt: number | null;
  /** Called when another process holds the lock. */
  readonly onWait?: () => void;
}

export interface FillLockResult {
  /** The entry that another process has filled; null if this process has to load. */
  readonly filled: CachedEntry | null;
  /** Releases the lock. Has no effect if it is not held. */
  release(): Promise<void>;
}

/** A waiter looks into the shared tier this often, because the notification of a release can be lost. */
const LOOK_AGAIN_MS = 1_000;
export const noLock = async (): Promise<void> => undefined;

/**
 * Acquires the lock for filling a key, so that one process at a time loads it. While another process holds the lock, this one waits
 * for its entry. Returns without the lock if the lock or the shared tier can't be reached, or after `waitForFillMs`.
 */
export async function acquireFillLock(request: FillLockRequest, options: FillLockOptions): Promise<FillLockResult> {
  const { lock, lookup, follower, clock, background, waitForFillMs } = options;
  const { key, isEnough, onWait } = request;
  const deadline = clock.monotonic() + waitForFillMs;
  let waited = false;
  // A waiter finds the entry in the shared tier. If the tier can't be reached, the wait is useless.
  let isSharedUnreachable = request.isSharedUnreachable;
  while (clock.monotonic() < deadline && !isSharedUnreachable) {
    let attempt: FillLockAttempt;
    try {
      attempt = await lock.acquire(lockName(key, follower));
    } catch (error) {
      if (!(error instanceof Unreachable)) background.failed('fill', error);
      break; // the follower logs that this server can't be reached; without the lock, the fence keeps the answer right
    }
    // The awaited load stored nothing: it failed, or its answer may not be stored. This process waits for one such load only.
    if (!attempt.held && waited) {
      attempt.leave();
      break;
    }
    if (!attempt.held) {
      onWait?.();
      waited = await attempt.ended(Math.min(LOOK_AGAIN_MS, deadline - clock.monotonic()));
    } else if (hasNothingNew(attempt, request.lookedAt, clock)) return { filled: null, release: attempt.release };
    const found = await lookup.inShared(key);
    const filled = isCachedEntry(found) && isEnough(found) ? found : null;
    if (attempt.held) return { filled, release: attempt.release };
    if (filled) return { filled, release: noLock };
    isSharedUnreachable = found === 'unreachable';
  }
  return { filled: null, release: noLock };
}

/** Invariant: a holder looks again unless no other process has held the lock since it last looked, so that a fill in between is found. */
function hasNothingNew({ unheldForMs = 0 }: { unheldForMs?: number }, lookedAt: number | null, clock: Clock): boolean {
  return lookedAt !== null && clock.monotonic() - lookedAt < unheldForMs;
}

/** Invariant: the name holds the last position that hit the key, so that a new generation never waits for an old load. */
export function lockName(key: CacheKey, { epoch, index }: Follower): string {
  return `${key}@${epoch}-${index.lastHit('invalidate', invalidationTargetsOf(key))}`;
}
