import { RECIPES } from '@pilotlight/recipes';
import type { IRouter } from 'express';
import type { Deps } from '../deps.ts';
import { checkCacheParameter } from '../http/cache-parameter.ts';
import { cachedRecipe } from '../http/cached-recipe.ts';
import type { Guards } from '../http/guards.ts';
import { resource } from '../http/resource.ts';

/** `GET /api/stats` */
export function statsRoute(router: IRouter, deps: Deps, guards: Guards): void {
  const read = cachedRecipe(deps, RECIPES.stats, (view) => view.query);
  resource(router, '/api/stats', { GET: [guards.api, checkCacheParameter, read] });
}
