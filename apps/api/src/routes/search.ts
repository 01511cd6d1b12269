import type { Deps } from '../deps.ts';
import { cachedRoute } from '../http/cached-recipe.ts';
import { jsonBody } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `POST /api/search` */
export function searchLogs(deps: Deps): Handlers {
  const [shed, checkCache, ...read] = cachedRoute(deps, 'searchLogs');
  return [shed, checkCache, ...jsonBody(), ...read];
}
