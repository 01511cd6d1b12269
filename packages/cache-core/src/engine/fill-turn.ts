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

/** Either what another process has filled meanwhile, or this process's turn to load, with the lock where it could be had. */
export type Turn = { readonly filled: Kept } | { readonly filled: null; release(): Promise<void> };

const LOOK_AGAIN_MS = 1_000;
const withoutLock: Turn = { filled: null, release: async () => undefined };

/** Waits for this process's turn to fill a key. `isEnough` says whether what is found spares the load. */
export async function fillTurn(
  key: CacheKey,
  tokens: readonly SelectorToken[],
  isEnough: (kept: Kept) => boolean,
  { lock, lookup, follower, clock, waitForFillMs }: FillTurnOptions,
): Promise<Turn> {
  const deadline = clock.monotonic() + waitForFillMs;
  while (clock.monotonic() < deadline) {
    let turn: Awaited<ReturnType<FillLock['acquire']>>;
    try {
      turn = await lock.acquire(lockName(key, tokens, follower));
    } catch {
      return withoutLock; // counted where the lock lives; the fence keeps the answer right without it
    }
    if (!turn.held) await turn.ended(Math.min(LOOK_AGAIN_MS, deadline - clock.monotonic()));
    const found = await lookup.inShared(key);
    if (found && isEnough(found)) {
      if (turn.held) await turn.release();
      return { filled: found };
    }
    if (turn.held) return { filled: null, release: turn.release };
  }
  return withoutLock;
}

/** Invariant: the name holds the last position that hit the key, so that a new generation never waits for an old load. */
function lockName(key: CacheKey, tokens: readonly SelectorToken[], follower: Follower): string {
  return `${key}@${follower.epoch}-${follower.index.lastHit('invalidate', tokens)}`;
}
