import type { LearningOptions } from '@pilotlight/cache-core';
import { expressCache, type RequestView } from '@pilotlight/cache-core/express';
import { type CachedAnswer, loadAnswer } from '@pilotlight/recipes';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { InvalidInput } from '../errors.ts';
import { parseInput } from './parse-input.ts';
import { HEADERS_OF_DATA } from './security-headers.ts';
import { shown } from './shown.ts';

/** Told in `cache/stats`, and changes nothing. How long a search took differs each time, and says nothing of its answer. */
const LEARN = { mode: 'advise', ignoring: ['took_ms'] } as const satisfies LearningOptions;

/** One of the expensive answers as a route. `inputOf` tells where in the request its input is. */
export function cachedRecipe<Schema extends z.ZodType>(
  { cache, origin, schema }: Deps,
  recipe: CachedAnswer<Schema>,
  inputOf: (view: RequestView) => unknown,
): RequestHandler {
  const { cacheResult } = expressCache(cache, { headers: HEADERS_OF_DATA });
  return cacheResult({
    keyPrefix: recipe.prefix,
    name: recipe.name,
    timeout: recipe.timeout,
    warm: true,
    learn: LEARN,
    pureInput: true, // parsed by a schema without a clock
    input: (view) => parseInput(recipe.schema, inputOf(view)),
  })(async (input, context) => {
    await schema.whenCurrent();
    return await loadAnswer(recipe, origin, input, context);
  });
}

/** `?cache=false` bypasses the cache; anything else than `true` or `false`, or twice, is a mistake that is told. */
export const checkCacheParameter: RequestHandler = (request, _response, next) => {
  // The query is parsed each time it is looked at; a hit without one should not pay for it.
  if (!request.url.includes('?')) return next();
  const { cache } = request.query;
  if (cache === undefined || cache === 'true' || cache === 'false') return next();
  throw new InvalidInput([{ field: 'cache', detail: `expected true or false, got ${shown(cache)}` }]);
};
