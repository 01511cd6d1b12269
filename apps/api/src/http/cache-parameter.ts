import type { RequestHandler } from 'express';
import { InvalidInput } from '../errors.ts';
import { shown } from './shown.ts';

/** `?cache=false` bypasses the cache; anything else than `true` or `false`, or twice, is a mistake that is told. */
export const checkCacheParameter: RequestHandler = (request, _response, next) => {
  // The query is parsed each time it is looked at; a hit without one should not pay for it.
  if (!request.url.includes('?')) return next();
  const { cache } = request.query;
  if (cache === undefined || cache === 'true' || cache === 'false') return next();
  throw new InvalidInput([{ field: 'cache', detail: `expected true or false, got ${shown(cache)}` }]);
};
