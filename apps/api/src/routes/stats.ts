import { RECIPES } from '@pilotlight/recipes';
import type { IRouter } from 'express';
import type { Deps } from '../deps.ts';
import type { Guards } from '../http/auth.ts';
import { cachedRecipe, checkCacheParameter } from '../http/cached-recipe.ts';
import { resource } from '../http/resource.ts';

/** `GET /api/stats` */
export function statsRoute(router: IRouter, deps: Deps, guards: Guards): void {
  const read = cachedRecipe(deps, RECIPES.stats, (view) => view.query);
  resource(router, '/api/stats', { GET: [guards.api, checkCacheParameter, read] });
}
