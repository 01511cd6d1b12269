import type { Follower } from '../log/follower.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';
import type { Reason } from '../model/outcome.ts';
import type { Backoff } from './backoff.ts';
import { decide, joinableBy, type LastStep, type LoadCause } from './decide.ts';
import type { InFlightLoads } from './in-flight-loads.ts';
import type { Lookup } from './lookup.ts';
import type { Switches } from './switches.ts';

/** The outcome that a read would have now, if its load succeeds. It describes the step that `decide` returns. */
export interface NextRead {
  /** Null if the read has to catch up with the log first. With `waitsFor`, the likely outcome. */
  readonly outcome: 'hit' | 'stale' | 'miss' | null;
  readonly tier: 'memory' | 'redis' | null;
  /** As in `Outcome`. A hit may be reloaded early nevertheless. */
  readonly reason: Reason | null;
  readonly verified: boolean | null;
  /** The process whose load the read would wait for; null if it would wait for none. */
  readonly waitsFor: 'this process' | 'another process' | null;
  readonly why: string;
}

export interface NextReadOptions {
  readonly lookup: Lookup;
  readonly follower: Follower;
  readonly inFlight: InFlightLoads;
  readonly switches: Switches;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly maxAgeWhenDisconnectedMs: number;
}

/** The entries and the lock of a key, as the inspector found them. */
export interface FoundOfKey {
  readonly key: CacheKey;
  readonly memory: CachedEntry | null;
  readonly shared: CachedEntry | null;
  /** Also false without a shared tier. */
  readonly isSharedReachable: boolean;
  /** Whether a process holds the fill lock. Null if the lock is unreachable. */
  readonly isLockHeld: boolean | null;
}

const WHY_LOADED: Readonly<Record<LoadCause, string>> = {
  absent: 'there is no entry that can be used',
  outdated: 'an invalidation hit the entry, or the log began a new epoch',
  expired: 'the entry is too old to be served before it is reloaded',
  behind: 'this process has not applied the minimum position of the read',
};

const WHY_STALE = {
  'backing-off': 'its load failed a moment ago, so it is not retried yet',
  revalidating: 'past its freshness, served while it is reloaded',
} as const;

type Printed = Omit<NextRead, 'verified'>;

/** Returns the outcome that the next read of a key would have. */
export function nextRead(found: FoundOfKey, options: NextReadOptions): NextRead {
  const { state, isTrusted } = options.follower;
  if (state === 'leaseExpired')
    return {
      ...{ outcome: null, tier: null, reason: null, verified: null, waitsFor: null },
      why: 'past its lease, this process first catches up with the log, and then decides',
    };
  const verified = state === 'current';
  return { ...printed(lastStep(found, verified, options), found, verified, options), verified: verified && isTrusted };
}

/** The last step of a read that finds these entries. */
function lastStep(found: FoundOfKey, verified: boolean, options: NextReadOptions): LastStep {
  const { lookup, switches, backoff } = options;
  const { key } = found;
  const state = {
    verified,
    isBehind: false,
    lookup,
    canJoin: () => joinableBy(key, verified, options) !== undefined,
    isBackingOff: () => backoff.remainingMs(key) > 0,
  };
  const memory = lookup.usable(switches.isOn('memory', key) ? found.memory : null, verified);
  const shared = lookup.usable(switches.isOn('redis', key) ? found.shared : null, verified);
  const step = decide({ memory, shared: null }, state);
  return step.do === 'ask the shared tier' ? (decide({ memory, shared }, state) as LastStep) : step;
}

function printed(step: LastStep, found: FoundOfKey, verified: boolean, options: NextReadOptions): Printed {
  const { switches, maxAgeWhenDisconnectedMs } = options;
  const { key } = found;
  if (step.do === 'hit') {
    const where = step.tier === 'memory' ? 'fresh in memory' : 'fresh in the shared tier';
    const unverified = `in memory, and loaded here in the last ${maxAgeWhenDisconnectedMs} ms: only such entries are served while the log is unreachable`;
    return { outcome: 'hit', tier: step.tier, reason: null, waitsFor: null, why: verified ? where : unverified };
  }
  if (step.do === 'stale')
    return {
      outcome: 'stale',
      tier: step.found.tier,
      reason: step.reason,
      waitsFor: null,
      why: WHY_STALE[step.reason],
    };
  const why = WHY_LOADED[step.missing];
  const miss = { outcome: 'miss', tier: null, reason: step.missing } as const;
  if (joinableBy(key, verified, options))
    return { ...miss, waitsFor: 'this process', why: `${why}; it is being loaded here` };
  const isLocked = verified && found.isLockHeld === true && found.isSharedReachable && switches.isOn('redis', key);
  if (!isLocked) return { ...miss, waitsFor: null, why: `${why}; it is loaded` };
  const waiting = `${why}; another process loads it`;
  return { outcome: 'hit', tier: 'redis', reason: null, waitsFor: 'another process', why: waiting };
}
