import type { CacheKey } from '@pilotlight/cache-core';
import type { WarmBody } from '@pilotlight/contracts';
import { commonKeys, type KeyWithRecipe, type Warmable, warmableOf } from '@pilotlight/recipes';
import pTimeout from 'p-timeout';
import type { Deps } from './deps.ts';
import { hotKeysUnder } from './hot-keys.ts';
import { checkedKey, checkedPrefix } from './http/cache-names.ts';

/**
 * Counts of the keys by result. `skipped`: the key has no recipe (it was not requested recently, or its recipe was removed), or
 * time ran out before its turn. `failed`: its load failed, and the error is logged.
 */
export interface WarmCounts {
  loaded: number;
  fresh: number;
  skipped: number;
  failed: number;
}

/** The maximum number of keys that one request warms; those that save most come first. */
const MAX_KEYS = 200;
const LOADS_AT_A_TIME = 4;
const DEFAULT_WAIT_MS = 10_000;
/** No load begins in the last fifth of the wait, so that few loads continue after the answer. */
const BEGIN_SHARE = 0.8;

/**
 * Loads the requested keys that are not fresh, at a lower priority than readers. Resolves within `waitMs`; loads that take longer
 * continue.
 */
export async function warmNow(deps: Deps, body: WarmBody, waitMs = DEFAULT_WAIT_MS): Promise<WarmCounts> {
  const { migrations, origin, cache } = deps;
  await migrations.ready();
  const keys = body.key === undefined ? await keysUnder(deps, body.prefix ?? '') : await oneKey(deps, body.key);
  const warmables = keys.map((one) => one && warmableOf(one, origin)).filter((one) => one !== null);
  // Rejects if the log or the shared tier is unreachable: then no reader could use the loaded entries.
  await cache.freshForMs(warmables.slice(0, 1).map(({ key }) => key));
  const tally: WarmCounts = { loaded: 0, fresh: 0, skipped: keys.length, failed: 0 };
  const signal = AbortSignal.timeout(waitMs * BEGIN_SHARE);
  const lanes = Array.from({ length: LOADS_AT_A_TIME }, () => warmInTurn(deps, warmables, tally, signal));
  await pTimeout(Promise.all(lanes), { milliseconds: waitMs, message: false });
  return { ...tally };
}

/** Warms keys from `left` until it is empty or the time is over. */
async function warmInTurn(deps: Deps, left: Warmable[], tally: WarmCounts, signal: AbortSignal): Promise<void> {
  const { cache, logger, stopping } = deps;
  for (let one = left.shift(); one && !signal.aborted && !stopping.signal.aborted; one = left.shift()) {
    const { key, load, policy } = one;
    const result = await cache.warm(key, load, policy, 0).then(
      (loaded) => (loaded ? 'loaded' : 'fresh'),
      (error: unknown) => {
        logger.warn({ err: error }, `warming ${key} failed`);
        return 'failed' as const;
      },
    );
    tally.skipped--;
    tally[result]++;
  }
}

/** Returns the keys under a prefix: first the hot keys, those that save most first, then the common ones. */
async function keysUnder(deps: Deps, asked: string): Promise<KeyWithRecipe[]> {
  const prefix = checkedPrefix(asked);
  const hot = await hotKeysUnder(deps, asked, MAX_KEYS);
  const known = new Set<CacheKey>(hot.map(({ key }) => key));
  const all = [...hot, ...commonKeys().filter(({ key }) => !known.has(key))];
  return all.filter(({ key }) => prefix === '*' || key.startsWith(`${prefix}:`)).slice(0, MAX_KEYS);
}

/** Returns the key with its recipe, or null if no recipe is known. */
async function oneKey({ cache }: Deps, asked: string): Promise<(KeyWithRecipe | null)[]> {
  const key = checkedKey(asked);
  const common = commonKeys().find((one) => one.key === key);
  return [common ?? (await cache.demand.find(key))];
}
