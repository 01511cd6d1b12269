import type { CacheKey, HotKey, Selector } from '@pilotlight/cache-core';
import type { CacheKeysAnswer, RewarmCost } from '@pilotlight/contracts';
import { RECIPES, warmableOf } from '@pilotlight/recipes';
import type { Deps } from './deps.ts';
import { InvalidInput } from './errors.ts';
import { demandOf, ifUnreachable, rounded } from './explain-key.ts';
import { checkedPrefix } from './http/cache-names.ts';

/** More hot keys than any store remembers. */
const ALL_HOT_KEYS = 10_000;
/** The number of entries of which `rewarmCost` reads the tags and scopes at a time. */
const READ_AT_A_TIME = 100;

const WARMED_PREFIXES: readonly string[] = Object.values(RECIPES).map(({ prefix }) => prefix);

/** A page of the hot keys under a prefix. */
export interface HotKeysPage {
  readonly prefix: string;
  readonly limit: number;
  /** The number of keys before the page. */
  readonly cursor: number;
}

/**
 * Returns a page of the hot keys under a prefix, those that save most first. The order changes with the demand, so a key may be on
 * two pages or on none.
 */
export async function listHotKeys(deps: Deps, { prefix, limit, cursor }: HotKeysPage): Promise<CacheKeysAnswer> {
  const all = await hotKeysUnder(deps, prefix, ALL_HOT_KEYS);
  const page = all.slice(cursor, cursor + limit);
  const freshForMs = await freshness(
    deps,
    page.map(({ key }) => key),
  );
  const keys = page.map((hot, i) => ({
    key: hot.key,
    name: hot.recipe.name,
    params: hot.recipe.params,
    ...demandOf(hot),
    fresh_for_ms: freshForMs === null ? null : rounded(freshForMs[i] ?? 0),
    warmable: warmableOf(hot, deps.origin) !== null,
  }));
  const end = cursor + page.length;
  return { success: true, total: all.length, keys, next: end < all.length ? String(end) : null };
}

/** Returns at most `limit` hot keys under a prefix, or of all prefixes for `*`. Throws `InvalidInput` for a prefix without recipes. */
export async function hotKeysUnder({ cache }: Pick<Deps, 'cache'>, asked: string, limit: number): Promise<HotKey[]> {
  const prefix = checkedPrefix(asked);
  const [first = ''] = prefix.split(':');
  if (prefix === '*') return await cache.hotKeys(limit, WARMED_PREFIXES);
  if (!WARMED_PREFIXES.includes(first)) {
    const detail = `expected one of ${WARMED_PREFIXES.join(', ')}, or "*" for all of them, got ${JSON.stringify(asked)}`;
    throw new InvalidInput([{ field: 'prefix', detail }]);
  }
  const hot = await cache.hotKeys(limit, [first]);
  return prefix === first ? hot : hot.filter(({ key }) => key.startsWith(`${prefix}:`));
}

/**
 * Returns what loading the hot keys again costs that an invalidation of these selectors would hit. Returns null if the store of the
 * hot keys is unreachable.
 */
export async function rewarmCost({ cache, origin }: Deps, selectors: readonly Selector[]): Promise<RewarmCost | null> {
  try {
    const hot = await cache.hotKeys(ALL_HOT_KEYS, WARMED_PREFIXES);
    const hit: HotKey[] = [];
    for (let at = 0; at < hot.length; at += READ_AT_A_TIME) {
      const some = hot.slice(at, at + READ_AT_A_TIME);
      const isHit = await Promise.all(some.map(({ key }) => isHitBy(cache, key, selectors)));
      hit.push(...some.filter((one, i) => isHit[i] && warmableOf(one, origin) !== null));
    }
    const load_ms = rounded(hit.reduce((sum, { loadMs }) => sum + loadMs, 0));
    return { keys: hit.length, load_ms, unmeasured: hit.filter(({ loadMs }) => loadMs === 0).length };
  } catch (error) {
    return ifUnreachable(error);
  }
}

/** Returns whether a selector hits the key: by its name or, for a tag or a scope, by the entry that processes serve now. */
async function isHitBy(cache: Deps['cache'], key: CacheKey, selectors: readonly Selector[]): Promise<boolean> {
  const named = selectors.filter(({ tag, scope }: SelectorParts) => tag === undefined && scope === undefined);
  if (named.some((selector) => isNamedBy(key, selector))) return true;
  const others = selectors.filter((selector) => !named.includes(selector) && mayHit(key, selector));
  if (others.length === 0) return false;
  const cached = await cache.audits.find(key);
  return typeof cached !== 'string' && cache.audits.isHitBy(cached, others);
}

type SelectorParts = { readonly prefix?: string; readonly tag?: string; readonly scope?: unknown };

const isNamedBy = (key: CacheKey, { all, prefix, key: named }: Selector): boolean =>
  all === true || named === key || (prefix !== undefined && key.startsWith(`${prefix}:`));

const mayHit = (key: CacheKey, { prefix }: SelectorParts): boolean =>
  prefix === undefined || key.startsWith(`${prefix}:`);

async function freshness({ cache }: Deps, keys: readonly CacheKey[]): Promise<number[] | null> {
  return await cache.freshForMs(keys).catch(ifUnreachable);
}
