import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';
import type { InFlightLoad, InFlightLoads } from './in-flight-loads.ts';
import { isCachedEntry, type Lookup, type LookupMiss, type Missing } from './lookup.ts';

/** An entry, and the tier that it was found in. */
export interface Found {
  readonly cached: CachedEntry;
  readonly tier: 'memory' | 'redis';
}

/** The results of the lookups of a read. `shared` is null before the lookup in the shared tier. */
export interface ReadFindings {
  readonly memory: CachedEntry | Missing;
  readonly shared: CachedEntry | LookupMiss | null;
}

/** The state of the process that a read depends on in addition to its lookups. */
export interface ReadState {
  /** Whether the process is current with the invalidation log. */
  readonly verified: boolean;
  /** Whether the process has not applied the minimum position of the read. */
  readonly isBehind: boolean;
  readonly lookup: Pick<Lookup, 'isFresh' | 'isServable' | 'isAlive' | 'mayRevalidate'>;
  /** Whether the read may join a load of the key in this process. */
  readonly canJoin: () => boolean;
  /** Whether the key's load failed a moment ago. */
  readonly isBackingOff: () => boolean;
}

/** Why a read loads. `behind`: this process has not applied the minimum position of the read, so no entry of it may answer. */
export type LoadCause = Missing | 'behind';

/**
 * The last step of a read. With `load` it loads the key or joins the load in progress; `stale` is the entry to serve if that fails or
 * is slow, or null.
 */
export type LastStep =
  | ({ readonly do: 'hit' } & Found)
  | { readonly do: 'stale'; readonly found: Found; readonly reason: 'backing-off' | 'revalidating' }
  | { readonly do: 'load'; readonly missing: LoadCause; readonly stale: Found | null };

export type ReadStep = { readonly do: 'ask the shared tier' } | LastStep;

/**
 * Decides the next step of a read. `Reader` takes the step, and `Inspector` prints it.
 *
 * Invariant: a stale entry is one whose time has ended, never one that an invalidation hit; no entry outlives `staleUntil`; a read
 * with a minimum position that this process has not applied gets no entry at all.
 */
export function decide({ memory, shared }: ReadFindings, state: ReadState): ReadStep {
  const { verified, isBehind, lookup, canJoin, isBackingOff } = state;
  if (isBehind) return { do: 'load', missing: 'behind', stale: null };
  if (shared === null) {
    if (isCachedEntry(memory) && (!verified || lookup.isFresh(memory)))
      return { do: 'hit', cached: memory, tier: 'memory' };
    if (verified && !canJoin()) return { do: 'ask the shared tier' };
  } else if (isCachedEntry(shared) && lookup.isFresh(shared)) return { do: 'hit', cached: shared, tier: 'redis' };

  const found = best(memory, shared);
  if (typeof found === 'string') return { do: 'load', missing: found, stale: null };
  if (!lookup.isServable(found.cached)) return { do: 'load', missing: 'outdated', stale: null };
  if (!lookup.isAlive(found.cached)) return { do: 'load', missing: 'expired', stale: null };
  if (!canJoin() && isBackingOff()) return { do: 'stale', found, reason: 'backing-off' };
  if (lookup.mayRevalidate(found.cached)) return { do: 'stale', found, reason: 'revalidating' };
  return { do: 'load', missing: 'expired', stale: found };
}

/** Returns the newest entry: the shared tier's is at least as new as that of memory. Without an entry, returns why. */
function best(memory: CachedEntry | Missing, shared: CachedEntry | LookupMiss | null): Found | Missing {
  if (shared !== null && isCachedEntry(shared)) return { cached: shared, tier: 'redis' };
  if (isCachedEntry(memory)) return { cached: memory, tier: 'memory' };
  return memory === 'absent' && shared !== null && shared !== 'unreachable' ? shared : memory;
}

/**
 * Returns the load in progress that a read may join. With the log unreachable (not `verified`), the result of a load that began
 * too long ago may already be stale.
 */
export function joinableBy(
  key: CacheKey,
  verified: boolean,
  {
    inFlight,
    clock,
    maxAgeWhenDisconnectedMs,
  }: { inFlight: InFlightLoads; clock: Clock; maxAgeWhenDisconnectedMs: number },
): InFlightLoad | undefined {
  const load = inFlight.joinable(key);
  return load && (verified || clock.monotonic() - load.beganAt <= maxAgeWhenDisconnectedMs) ? load : undefined;
}
