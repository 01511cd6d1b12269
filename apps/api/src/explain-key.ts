import {
  type CacheKey,
  type Decision,
  expectedSavingOf,
  type HotKey,
  type Inspection,
  type SeenEntry,
  Unreachable,
} from '@pilotlight/cache-core';
import type { CacheEntryAnswer, KeyDemand, TierEntry } from '@pilotlight/contracts';
import { warmableOf } from '@pilotlight/recipes';
import type { Deps } from './deps.ts';

/**
 * Returns everything that is known about a key: what this process would answer and why, and the demand over all processes. A server
 * that is unreachable costs only its part.
 */
export async function explainKey({ cache, origin }: Deps, key: CacheKey): Promise<CacheEntryAnswer> {
  const [inspection, demand] = await Promise.all([cache.inspect(key), cache.demand.find(key).catch(ifUnreachable)]);
  const { memory, shared, tiers, log, loading, learned, next } = inspection;
  const { waitsFor, ...read } = next;
  return {
    success: true,
    key,
    prefix: key.includes(':', 1) ? key.slice(0, key.indexOf(':', 1)) : null,
    input: demand?.recipe.params ?? null,
    servable: next.outcome === null ? null : next.outcome !== 'miss' && waitsFor === null,
    next: { ...read, waits_for: waitsFor },
    memory: memory && tierEntry(memory),
    redis: shared === null || typeof shared === 'string' ? null : inRedis(shared),
    redis_problem: typeof shared === 'string' ? shared : null,
    tiers: { memory: switchOf(tiers.memory), redis: switchOf(tiers.redis) },
    log: { epoch: log.epoch, applied: log.applied, state: log.state },
    last_invalidation: log.matching.toSorted((a, b) => b.position - a.position)[0] ?? null,
    loading: loading === 'nobody' ? 'none' : (loading ?? 'unknown'),
    backing_off_ms: inspection.backingOffForMs,
    learned: learned && learnedTime(learned),
    demand: demand && { ...demandOf(demand), warmable: warmableOf(demand, origin) !== null },
  };
}

function learnedTime({ mode, freshForMs, fixedMs, boundBy, from, evidence, estimate, why }: Decision) {
  const { observations, changes, exposureMs } = evidence;
  return {
    ...{ mode, fresh_ms: freshForMs, fixed_ms: fixedMs, bound_by: boundBy, from },
    evidence: { observations, changes, exposure_ms: exposureMs },
    changes_per_hour: { mean: estimate.changesPerHour, upper: estimate.upperChangesPerHour },
    outdated_share: estimate.outdatedShare,
    why,
  };
}

/** Returns null for a server that is unreachable; throws any other error. */
export function ifUnreachable(error: unknown): null {
  if (error instanceof Unreachable) return null;
  throw error;
}

/** Returns the demand for a hot key, in milliseconds and reads with two decimals. */
export function demandOf(hot: Pick<HotKey, 'reads' | 'loadMs'>): Omit<KeyDemand, 'warmable'> {
  return { reads: rounded(hot.reads), load_ms: rounded(hot.loadMs), saving_ms: rounded(expectedSavingOf(hot)) };
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function inRedis({ expiresInMs, ...seen }: SeenEntry & { readonly expiresInMs: number | null }) {
  return { ...tierEntry(seen), expires_in_ms: expiresInMs };
}

function tierEntry(seen: SeenEntry): TierEntry {
  return {
    state: seen.state,
    servable: seen.state === 'fresh' || seen.state === 'stale',
    why: whyOf(seen),
    as_of: { epoch: seen.epoch, position: seen.asOf },
    loaded_at: isoOf(seen.loadedAt),
    fresh_until: isoOf(seen.freshUntil),
    revalidate_until: isoOf(seen.revalidateUntil),
    stale_until: isoOf(seen.staleUntil),
    age_ms: Math.max(0, Date.now() - seen.loadedAt),
    load_ms: rounded(seen.loadMs),
    bytes: seen.bytes,
    codings: seen.variants,
    etag: seen.etag,
    tags: [...seen.tags],
    scope: seen.scope && Object.keys(seen.scope).length > 0 ? seen.scope : null,
    hit_by: [...seen.hitBy],
  };
}

function whyOf({ state, hitBy, freshUntil, staleUntil }: SeenEntry): string {
  const last = hitBy.at(-1);
  switch (state) {
    case 'fresh':
      return `fresh until ${isoOf(freshUntil)}`;
    case 'stale':
      return last === undefined
        ? `no longer fresh since ${isoOf(freshUntil)}; served only while it is reloaded`
        : `expired by ${last.selector} at position ${last.position}; served only while it is reloaded`;
    case 'expired':
      return `not served since ${isoOf(staleUntil)}, the end of its stale time`;
    case 'outdated':
      return last === undefined
        ? 'stamped with an earlier epoch of the invalidation log'
        : `invalidated by ${last.selector} at position ${last.position}, after its load began`;
  }
}

/** Some instants lie beyond what a Date can hold, such as the end of an entry that never expires. */
const MAX_INSTANT_MS = 8.64e15;

function isoOf(ms: number): string {
  return new Date(Math.min(ms, MAX_INSTANT_MS)).toISOString();
}

function switchOf(tier: Inspection['tiers']['memory']): CacheEntryAnswer['tiers']['memory'] {
  return typeof tier === 'string' ? tier : { off_for: [...tier.offFor] };
}
