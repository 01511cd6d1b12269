import type { Deps } from '../deps.ts';
import { cachedRoute } from '../http/cached-recipe.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `GET /api/stats` */
export function getStats(deps: Deps): Handlers {
  return cachedRoute(deps, 'getStats');
}
