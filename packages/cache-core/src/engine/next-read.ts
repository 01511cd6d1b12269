import type { Clock } from '../clock.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { Reason } from '../outcome.ts';
import type { Switches } from '../switches.ts';
import type { Kept } from '../tiers/kept.ts';
import type { Backoff } from './backoff.ts';
import type { Flights } from './flight.ts';
import { isKept, type Lookup, type Missing } from './lookup.ts';

/** What a read that came now would come to, if its load succeeds. It goes through the same steps as `Reader`. */
export interface NextRead {
  /** Null: it can't be told before the read has caught up with the log. With `waitsFor`: what is likely. */
  readonly outcome: 'hit' | 'stale' | 'miss' | null;
  readonly tier: 'memory' | 'redis' | null;
  /** As in `Outcome`; a hit may be reloaded ahead of its end all the same. */
  readonly reason: Reason | null;
  readonly verified: boolean | null;
  /** Whose load it would wait for: it is a miss if it gets the answer from that load, a hit from redis if it finds it there. */
  readonly waitsFor: 'this process' | 'another process' | null;
  readonly why: string;
}

export interface NextReadOptions {
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly flights: Flights;
  readonly switches: Switches;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly maxAgeWhenDisconnectedMs: number;
}

/** What was found of a key, by looking only. */
export interface FoundOfKey {
  readonly key: CacheKey;
  readonly memory: Kept | null;
  readonly shared: Kept | null;
  /** False also when there is no shared tier. */
  readonly isSharedReachable: boolean;
  /** Whether a process holds the fill lock; null: it can't be told. */
  readonly isLockHeld: boolean | null;
}

const WHY: Readonly<Record<Missing, string>> = {
  absent: 'there is no entry that can be used',
  outdated: 'an invalidation hit the entry, or the log began a new epoch',
  expired: 'the entry is too old to be served before it is reloaded',
};

export function nextRead(found: FoundOfKey, options: NextReadOptions): NextRead {
  const { follower } = options;
  if (follower.standing === 'leaseExpired')
    return {
      ...{ outcome: null, tier: null, reason: null, verified: null, waitsFor: null },
      why: 'past its lease, this process catches up with the log first, and then decides',
    };
  if (follower.standing === 'disconnected') return nextDisconnected(found, options);
  const next = nextVerified(found, options);
  return follower.isTrusted ? next : { ...next, verified: false };
}

function nextDisconnected({ key, memory }: FoundOfKey, options: NextReadOptions): NextRead {
  const { switches, lookup, clock, maxAgeWhenDisconnectedMs } = options;
  const here = asSeen(switches.isOn('memory', key) ? memory : null, lookup, false);
  if (isKept(here)) {
    const why = `in memory, and loaded here in the last ${maxAgeWhenDisconnectedMs} ms, which is all that is served with the log out of reach`;
    return { outcome: 'hit', tier: 'memory', reason: null, verified: false, waitsFor: null, why };
  }
  const flight = joinable(key, options);
  const isYoung = flight !== undefined && clock.monotonic() - flight.beganAt <= maxAgeWhenDisconnectedMs;
  return load(here, isYoung ? 'this process' : null, false);
}

function nextVerified(found: FoundOfKey, options: NextReadOptions): NextRead {
  const { key } = found;
  const { lookup, switches, backoff } = options;
  let best = asSeen(switches.isOn('memory', key) ? found.memory : null, lookup, true);
  let tier: 'memory' | 'redis' = 'memory';
  const answer = { verified: true, waitsFor: null } as const;
  if (isKept(best) && lookup.isFresh(best))
    return { ...answer, outcome: 'hit', tier, reason: null, why: 'fresh in memory' };
  const isJoining = joinable(key, options) !== undefined;
  if (!isJoining) {
    const shared = asSeen(switches.isOn('redis', key) ? found.shared : null, lookup, true);
    if (isKept(shared) && lookup.isFresh(shared))
      return { ...answer, outcome: 'hit', tier: 'redis', reason: null, why: 'fresh in the shared tier' };
    if (isKept(shared)) [best, tier] = [shared, 'redis'];
    else if (best === 'absent') best = shared;
  }
  if (isKept(best)) {
    const stale = { ...answer, outcome: 'stale', tier } as const;
    if (!isJoining && backoff.remainingMs(key) > 0)
      return { ...stale, reason: 'backing-off', why: 'its load failed a moment ago, so the origin is left alone' };
    if (lookup.mayRevalidate(best))
      return { ...stale, reason: 'revalidating', why: 'past its freshness, served while it is reloaded' };
  }
  const isLocked = found.isLockHeld === true && found.isSharedReachable && switches.isOn('redis', key);
  const waitsFor = isJoining ? 'this process' : isLocked ? 'another process' : null;
  return load(isKept(best) ? 'expired' : best, waitsFor, true);
}

function load(missing: Missing, waitsFor: NextRead['waitsFor'], verified: boolean): NextRead {
  const why = WHY[missing];
  if (waitsFor === 'another process')
    return { outcome: 'hit', tier: 'redis', reason: null, verified, waitsFor, why: `${why}; another process loads it` };
  const more = waitsFor === null ? 'it is loaded' : 'it is being loaded here';
  return { outcome: 'miss', tier: null, reason: missing, verified, waitsFor, why: `${why}; ${more}` };
}

/** As `Lookup.inMemory` and `inShared`, but looks only. */
function asSeen(kept: Kept | null, lookup: Lookup, verified: boolean): Kept | Missing {
  if (!kept) return 'absent';
  if (!(verified ? lookup.isServable(kept) : lookup.isServableBlind(kept))) return 'outdated';
  return lookup.isAlive(kept) ? kept : 'expired';
}

function joinable(key: CacheKey, { flights }: NextReadOptions) {
  return flights.joinable(key);
}
