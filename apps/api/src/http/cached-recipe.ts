import type { IncomingMessage } from 'node:http';
import { expressCache, type RequestView } from '@pilotlight/cache-core/express';
import { type CachedOperationId, ROUTES } from '@pilotlight/contracts/http';
import { type CachedAnswer, learningOf, loadAnswer, originOf, RECIPES } from '@pilotlight/recipes';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { InvalidInput } from '../errors.ts';
import type { Access } from './access.ts';
import { INPUT_OF } from './cached-inputs.ts';
import { parseInput } from './parse-input.ts';
import { HEADERS_OF_DATA } from './security-headers.ts';
import { shown } from './shown.ts';

/**
 * Returns the handlers of a cached route, whose row names the recipe: the first checks `?cache`, the second answers. Handlers that
 * parse a body belong between them.
 */
export function cachedRoute(deps: Deps, id: CachedOperationId): readonly [RequestHandler, RequestHandler] {
  const recipe: CachedAnswer = RECIPES[ROUTES[id].cached];
  return [checkCacheParameter, cachedRecipe(deps, recipe, INPUT_OF[id])];
}

function cachedRecipe<Schema extends z.ZodType>(
  { cache, origin, migrations, access }: Deps,
  recipe: CachedAnswer<Schema>,
  inputOf: (view: RequestView) => unknown,
): RequestHandler {
  const { cacheResult } = expressCache(cache, {
    headers: HEADERS_OF_DATA,
    groups: true,
    showKey: (request) => isAdmin(access, request),
  });
  return cacheResult({
    keyPrefix: recipe.prefix,
    name: recipe.name,
    timeout: recipe.timeout,
    origin: originOf(recipe, origin),
    warm: true,
    learn: learningOf(recipe),
    pureInput: true, // parsed by a schema without a clock
    input: (view) => parseInput(recipe.schema, inputOf(view)),
  })(async (input, context) => {
    await migrations.ready();
    return await loadAnswer(recipe, origin, input, context);
  });
}

/**
 * Returns whether a request has an administrator's credentials. Most requests have none, so they cost nothing. It decides about
 * reading, which the request may do: a refusal would create an error, and with it a stack trace, for each hit of other callers.
 */
function isAdmin({ decideAccess }: Access, request: IncomingMessage): boolean {
  if (request.headers.authorization === undefined) return false;
  const decision = decideAccess(request, 'read');
  return decision.outcome === 'granted' && decision.caller.role === 'admin';
}

/**
 * Checks `?cache`: `false` bypasses the cache. Throws `InvalidInput` for other values than `true` and `false`, and for several
 * values.
 */
const checkCacheParameter: RequestHandler = (request, _response, next) => {
  // Express parses the query at each access; a hit without a query should not pay for that.
  if (!request.url.includes('?')) return next();
  const { cache } = request.query;
  if (cache === undefined || cache === 'true' || cache === 'false') return next();
  throw new InvalidInput([{ field: 'cache', detail: `expected true or false, got ${shown(cache)}` }]);
};
