import type { Clock } from '../clock.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { SelectorToken } from '../selector.ts';
import type { Kept } from '../tiers/memory-tier.ts';
import type { FillLock } from './fill-lock.ts';
import type { Lookup } from './lookup.ts';

export interface FillTurnOptions {
  readonly lock: FillLock;
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly clock: Clock;
  /** After this long a process loads without the lock: a slow holder delays others, it never fails them. */
  readonly waitForFillMs: number;
}

/** What another process has filled meanwhile, or null: this process's turn to load. Either way the lock may be held. */
export interface Turn {
  readonly filled: Kept | null;
  release(): Promise<void>;
}

const LOOK_AGAIN_MS = 1_000;
const noLock = async () => undefined;

/** Waits for this process's turn to fill a key. `isEnough` says whether what is found spares the load. */
export async function fillTurn(
  key: CacheKey,
  tokens: readonly SelectorToken[],
  isEnough: (kept: Kept) => boolean,
  { lock, lookup, follower, clock, waitForFillMs }: FillTurnOptions,
): Promise<Turn> {
  const deadline = clock.monotonic() + waitForFillMs;
  // Who waits finds the answer in the shared tier: with that out of reach there is nothing to wait for.
  while (clock.monotonic() < deadline && !lookup.sharedFailed) {
    let turn: Awaited<ReturnType<FillLock['acquire']>>;
    try {
      turn = await lock.acquire(lockName(key, tokens, follower));
    } catch {
      break; // the follower tells that this server is out of reach; the fence keeps the answer right without the lock
    }
    if (!turn.held) await turn.ended(Math.min(LOOK_AGAIN_MS, deadline - clock.monotonic()));
    const found = await lookup.inShared(key);
    const filled = found && isEnough(found) ? found : null;
    if (turn.held) return { filled, release: turn.release };
    if (filled) return { filled, release: noLock };
  }
  return { filled: null, release: noLock };
}

/** Invariant: the name holds the last position that hit the key, so that a new generation never waits for an old load. */
function lockName(key: CacheKey, tokens: readonly SelectorToken[], follower: Follower): string {
  return `${key}@${follower.epoch}-${follower.index.lastHit('invalidate', tokens)}`;
}
