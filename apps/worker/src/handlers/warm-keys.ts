import type { CacheKey, CacheManager, Recipe } from '@pilotlight/cache-core';
import { type Origin, OriginUnavailable } from '@pilotlight/origin';
import { type CachedAnswer, policyOf, recipeOf } from '@pilotlight/recipes';
import type { Logger } from '@pilotlight/runtime';
import type PQueue from 'p-queue';
import type { Handler } from '../handler.ts';
import type { Outage } from '../outage.ts';

export interface WarmKeysOptions {
  readonly cache: Pick<CacheManager, 'hotKeys' | 'warm'>;
  readonly origin: Origin;
  readonly logger: Logger;
  /** The answers that can be computed. */
  readonly answers: readonly CachedAnswer[];
  /** Bounds the loads of all warmings in this process, so that readers keep the origin. */
  readonly turns: PQueue;
  /** Told when the origin cannot answer. */
  readonly loading: Outage;
}

/** The most asked keys that are kept warm. */
const MOST_KEYS = 100;
/** What is fresh for less is reloaded ahead: three rounds of the schedule, or a quarter of its time. */
const AHEAD_MS = 15_000;
const AHEAD_SHARE = 0.25;
const MOST_AHEAD_SHARE = 0.5;

/** What came of one key. `skipped`: nobody knows how to compute it (any more). */
type Warmed = 'loaded' | 'fresh' | 'skipped' | 'failed';

/**
 * Reloads what people ask for: with `invalidated` what is not fresh now, with `scheduled` also what soon will not be, so
 * that no reader comes to find it gone.
 */
export function warmKeys(options: WarmKeysOptions): Handler<'warm-keys'> {
  const { cache, logger, turns, loading } = options;
  return async ({ reason, prefixes }, { signal }) => {
    const targets = await cache.hotKeys(MOST_KEYS, prefixes);
    const tally: Record<Warmed, number> = { loaded: 0, fresh: 0, skipped: 0, failed: 0 };
    let originIsDown = false;
    const warmNext = async (key: CacheKey, recipe: Recipe) => {
      signal.throwIfAborted();
      if (originIsDown) return tally.failed++;
      try {
        tally[await warmOne(key, recipe, reason, options)]++;
      } catch (error) {
        tally.failed++;
        // The others would only wait for it too; the next round tries again.
        originIsDown = error instanceof OriginUnavailable;
        loading.begin(error);
      }
      return undefined;
    };
    await Promise.all(targets.map(({ key, recipe }) => turns.add(() => warmNext(key, recipe))));
    if (tally.failed === 0) loading.end();
    logger.debug(`Warmed ${tally.loaded} of ${targets.length} keys (${reason}; ${tally.skipped} skipped)`);
    return tally;
  };
}

async function warmOne(
  key: CacheKey,
  stored: Recipe,
  reason: 'invalidated' | 'scheduled',
  { cache, origin, answers }: WarmKeysOptions,
): Promise<Warmed> {
  const recipe = recipeOf(stored, answers);
  if (recipe === null) return 'skipped';
  const policy = policyOf(recipe);
  const aheadMs = reason === 'scheduled' ? aheadOf(policy.freshForMs) : 0;
  return (await cache.warm(key, (context) => recipe.load(origin, context), policy, aheadMs)) ? 'loaded' : 'fresh';
}

function aheadOf(freshForMs: number): number {
  return Math.min(Math.max(AHEAD_MS, freshForMs * AHEAD_SHARE), freshForMs * MOST_AHEAD_SHARE);
}
