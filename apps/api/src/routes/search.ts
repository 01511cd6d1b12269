import { RECIPES } from '@pilotlight/recipes';
import type { IRouter } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Guards } from '../http/auth.ts';
import { cachedRecipe, checkCacheParameter } from '../http/cached-recipe.ts';
import { jsonBody } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import { resource } from '../http/resource.ts';

const noQuery = z.strictObject({});

/** `POST /api/search` */
export function searchRoute(router: IRouter, deps: Deps, guards: Guards): void {
  const read = cachedRecipe(deps, RECIPES.search, (view) => {
    // Fields of the search in the query would be ignored silently.
    parseInput(noQuery, view.query);
    return view.body;
  });
  resource(router, '/api/search', { POST: [guards.api, checkCacheParameter, ...jsonBody(), read] });
}
