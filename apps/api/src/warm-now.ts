import type { CacheKey } from '@pilotlight/cache-core';
import type { WarmBody } from '@pilotlight/contracts';
import { commonKeys, type KeyWithRecipe, RECIPES, type Warmable, warmableOf } from '@pilotlight/recipes';
import type { Deps } from './deps.ts';
import { InvalidInput } from './errors.ts';
import { checkedKey, checkedPrefix } from './http/cache-names.ts';

/**
 * What came of the keys. `skipped`: nobody can compute it (not asked for lately, or not any more), or time ran out before
 * its turn. `failed`: its load did; the log tells why.
 */
export interface WarmTally {
  loaded: number;
  fresh: number;
  skipped: number;
  failed: number;
}

/** The keys that one request warms at most: those that save most. */
const MOST_KEYS = 200;
const LOADS_AT_A_TIME = 4;
/** No load begins after so long, and none is waited for after so long. */
const BEGIN_WITHIN_MS = 8_000;
const WAIT_MS = 10_000;
const PREFIXES = Object.values(RECIPES).map(({ prefix }) => prefix);

/** Loads what is asked for unless it is fresh, after readers, and answers within `WAIT_MS`: what is under way then goes on. */
export async function warmNow(deps: Deps, body: WarmBody): Promise<WarmTally> {
  const { schema, origin, cache } = deps;
  await schema.whenCurrent();
  const keys = body.key === undefined ? await keysUnder(deps, body.prefix ?? '') : await oneKey(deps, body.key);
  const warmables = keys.map((one) => one && warmableOf(one, origin)).filter((one) => one !== null);
  // Rejects when nobody can tell what is fresh, or nobody could find what is loaded: then warming helps nobody.
  await cache.freshForMs(warmables.slice(0, 1).map(({ key }) => key));
  const tally: WarmTally = { loaded: 0, fresh: 0, skipped: keys.length, failed: 0 };
  const signal = AbortSignal.timeout(BEGIN_WITHIN_MS);
  const lanes = Array.from({ length: LOADS_AT_A_TIME }, () => warmInTurn(deps, warmables, tally, signal));
  await withinMs(WAIT_MS, Promise.all(lanes));
  return { ...tally };
}

/** Takes from what is left until nothing is. */
async function warmInTurn(deps: Deps, left: Warmable[], tally: WarmTally, signal: AbortSignal): Promise<void> {
  const { cache, logger, stopping } = deps;
  for (let one = left.shift(); one && !signal.aborted && !stopping.signal.aborted; one = left.shift()) {
    const { key, load, policy } = one;
    const came = await cache.warm(key, load, policy, 0).then(
      (loaded) => (loaded ? 'loaded' : 'fresh'),
      (error: unknown) => {
        logger.warn({ err: error }, `warming ${key}`);
        return 'failed' as const;
      },
    );
    tally.skipped--;
    tally[came]++;
  }
}

/** What people ask for under a prefix, those that save most first, then what most ask first. */
async function keysUnder({ cache }: Deps, asked: string): Promise<KeyWithRecipe[]> {
  const prefix = checkedPrefix(asked);
  const [first = ''] = prefix.split(':');
  if (prefix !== '*' && !PREFIXES.includes(first)) {
    const detail = `expected one of ${PREFIXES.join(', ')}, or "*" for all of them, got ${JSON.stringify(asked)}`;
    throw new InvalidInput([{ field: 'prefix', detail }]);
  }
  const hot = await cache.hotKeys(MOST_KEYS, prefix === '*' ? PREFIXES : [first]);
  const known = new Set<CacheKey>(hot.map(({ key }) => key));
  const all = [...hot, ...commonKeys().filter(({ key }) => !known.has(key))];
  return all.filter(({ key }) => prefix === '*' || key.startsWith(`${prefix}:`)).slice(0, MOST_KEYS);
}

/** Null: nobody has said how to compute it. */
async function oneKey({ cache }: Deps, asked: string): Promise<(KeyWithRecipe | null)[]> {
  const key = checkedKey(asked);
  const common = commonKeys().find((one) => one.key === key);
  return [common ?? (await cache.demand.find(key))];
}

async function withinMs(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
