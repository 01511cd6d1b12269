import { buildKey } from '@pilotlight/cache-core';
import type { CacheKeyAnswer, CacheKeyBody } from '@pilotlight/contracts';
import { type CachedOperationId, everyRoute, ROUTES } from '@pilotlight/contracts/http';
import { type CachedAnswer, RECIPES } from '@pilotlight/recipes';
import { InvalidInput } from './errors.ts';
import { INPUT_OF } from './http/cached-inputs.ts';
import { parseInput } from './http/parse-input.ts';
import { parseQuery } from './http/parse-query.ts';
import { shown } from './http/shown.ts';

const CACHED = everyRoute().filter(({ cached }) => cached !== null);

/**
 * Returns the key under which a request to a cached route is answered. Throws `InvalidInput` for a request to another route, and for one
 * that its route refuses.
 */
export function findCacheKey({ method, target, body = {} }: CacheKeyBody): CacheKeyAnswer {
  const mark = target.indexOf('?');
  const [path, search] = mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  const id = cachedRouteOf(method, path);
  const recipe: CachedAnswer = RECIPES[ROUTES[id].cached];
  // The route decides with it whether the cache is used at all.
  const { cache: _, ...query } = parseQuery(search);
  const params = parseInput(recipe.schema, INPUT_OF[id]({ query, body }));
  const { prefix, name } = recipe;
  return { success: true, key: buildKey({ prefix, name, params }), prefix, name, params };
}

function cachedRouteOf(method: CacheKeyBody['method'], path: string): CachedOperationId {
  const route = CACHED.find((one) => one.method === method && one.path === path);
  if (route !== undefined) return route.id as CachedOperationId;
  const known = CACHED.map((one) => `${one.method} ${one.path}`).join(', ');
  const detail = `expected a request to one of ${known}, got ${method} ${shown(path)}`;
  throw new InvalidInput([{ field: 'target', detail }]);
}
