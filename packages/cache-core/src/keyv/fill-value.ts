import type { CacheManager } from '../cache-manager.ts';
import type { Instant } from '../clock.ts';
import type { CacheKey } from '../key.ts';
import { Kept } from '../tiers/kept.ts';
import { etagOf, toBody } from '../value.ts';
import type { Miss } from './open-misses.ts';

export interface LoadedValue {
  readonly value: unknown;
  /** When its load began. */
  readonly miss: Miss;
  readonly seenAt: Instant;
  readonly lifeMs: number;
}

/** Keeps a value as what it is if it was computed since a miss: a load that began then. Returns false if it is stale already, or if no tier takes it. */
export async function fillValue({ engine }: CacheManager, key: CacheKey, loaded: LoadedValue): Promise<boolean> {
  const { follower, lookup, filler } = engine;
  const { miss, seenAt, lifeMs } = loaded;
  const body = toBody(key, loaded.value);
  const about = { body, etag: etagOf(body), tags: [], scope: null, loadMs: seenAt.monotonic - miss.monotonic };
  const until = seenAt.wall + lifeMs;
  const times = { loadedAt: miss.wall, freshUntil: until, revalidateUntil: until, staleUntil: until };
  const verified = follower.isCurrent || (await follower.catchUp());
  const kept = new Kept(key, { ...miss.stamp, ...about, ...times }, miss.monotonic, seenAt);
  if (!lookup.isServable(kept)) return false;
  const isKept = lookup.keep(kept);
  const isShared = verified && (await filler.shareIfPossible(kept)); // without it, other processes find nothing
  return isKept || isShared;
}
