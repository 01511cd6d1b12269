import type { Deps } from '../deps.ts';
import { cachedRoute } from '../http/cached-recipe.ts';
import { jsonBody } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `POST /api/search` */
export function searchLogs(deps: Deps): Handlers {
  const [checkCache, read] = cachedRoute(deps, 'searchLogs');
  return [checkCache, ...jsonBody(), read];
}
