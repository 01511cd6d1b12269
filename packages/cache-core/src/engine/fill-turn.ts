import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import { Unreachable } from '../errors.ts';
import { footprintOf } from '../footprint.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { Kept } from '../tiers/kept.ts';
import type { FillLock } from './fill-lock.ts';
import { isKept, type Lookup } from './lookup.ts';

export interface FillTurnOptions {
  readonly lock: FillLock;
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly clock: Clock;
  readonly background: Background;
  /** After this long a process loads without the lock: a slow holder delays others, it never fails them. */
  readonly waitForFillMs: number;
}

export interface FillTurnRequest {
  readonly key: CacheKey;
  /** Whether what another process has filled meanwhile spares the load. */
  readonly isEnough: (kept: Kept) => boolean;
  /** Whether the shared tier gave this read no answer. */
  readonly isSharedAway: boolean;
  /** Told when another process is found to be loading. */
  readonly onWait?: () => void;
}

/** What another process has filled meanwhile, or null: this process's turn to load. Either way the lock may be held. */
export interface Turn {
  readonly filled: Kept | null;
  release(): Promise<void>;
}

const LOOK_AGAIN_MS = 1_000;
export const noLock = async (): Promise<void> => undefined;

/** Waits for this process's turn to fill a key. */
export async function fillTurn(request: FillTurnRequest, options: FillTurnOptions): Promise<Turn> {
  const { lock, lookup, follower, clock, background, waitForFillMs } = options;
  const { key, isEnough, onWait } = request;
  const deadline = clock.monotonic() + waitForFillMs;
  let waited = false;
  // Who waits finds the answer in the shared tier: with that out of reach there is nothing to wait for.
  let isSharedAway = request.isSharedAway;
  while (clock.monotonic() < deadline && !isSharedAway) {
    let turn: Awaited<ReturnType<FillLock['acquire']>>;
    try {
      turn = await lock.acquire(lockName(key, follower));
    } catch (error) {
      if (!(error instanceof Unreachable)) background.failed('fill', error);
      break; // the follower tells that this server is out of reach; the fence keeps the answer right without the lock
    }
    // Who has waited for a load that left nothing, because it failed or is not to be kept, does not wait for another.
    if (!turn.held && waited) {
      turn.leave();
      break;
    }
    if (!turn.held) {
      onWait?.();
      waited = await turn.ended(Math.min(LOOK_AGAIN_MS, deadline - clock.monotonic()));
    }
    const found = await lookup.inShared(key);
    const filled = isKept(found) && isEnough(found) ? found : null;
    if (turn.held) return { filled, release: turn.release };
    if (filled) return { filled, release: noLock };
    isSharedAway = found === 'unreachable';
  }
  return { filled: null, release: noLock };
}

/** Invariant: the name holds the last position that hit the key, so that a new generation never waits for an old load. */
export function lockName(key: CacheKey, { epoch, index }: Follower): string {
  return `${key}@${epoch}-${index.lastHit('invalidate', footprintOf(key))}`;
}
