import type { CacheManager, MinPosition, Selector } from '@pilotlight/cache-core';
import { cacheGroupInvalidation, cachePosition } from '@pilotlight/cache-core/express';
import { RECIPES } from '@pilotlight/recipes';
import type { Response } from 'express';

/** What a write changed in the cache, and where in the invalidation log. */
export interface Written {
  readonly selectors: readonly Selector[];
  /** The receipts of its invalidations, or later positions. */
  readonly positions: readonly MinPosition[];
}

const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);

/**
 * Sets the headers of the answer to a write: `Cache-Position`, with which its client reads its own write on any process, and
 * `Cache-Group-Invalidation` (RFC 9875).
 */
export function setWriteHeaders(response: Response, { selectors, positions: [first, ...more] }: Written): void {
  if (first === undefined) return;
  response.set('Cache-Position', cachePosition(first, ...more));
  const groups = cacheGroupInvalidation(selectors, PREFIXES);
  if (groups !== null) response.set('Cache-Group-Invalidation', groups);
}

/**
 * Returns a position that includes an event which a worker has applied. The event's own position lacks its epoch, so this is the
 * position of this process, if that has applied the event; else `pending`, with which a read loads.
 */
export function positionAfter({ internal }: CacheManager, applied: number | null): MinPosition {
  const { synced, stamp } = internal.engine.follower;
  const isApplied = applied !== null && synced && stamp.asOf >= applied;
  return isApplied ? { position: stamp.asOf, epoch: stamp.epoch } : { position: null };
}
