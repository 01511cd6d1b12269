import { RECIPES } from '@pilotlight/recipes';
import type { IRouter, RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { NotFound } from '../errors.ts';
import type { Guards } from '../http/auth.ts';
import { cachedRecipe, checkCacheParameter } from '../http/cached-recipe.ts';
import { sendJson } from '../http/json-body.ts';
import { resource } from '../http/resource.ts';
import { invalidateByEvent } from '../invalidate-by-event.ts';

/** `GET /api/files` */
export function filesRoute(router: IRouter, deps: Deps, guards: Guards): void {
  const list = cachedRecipe(deps, RECIPES.files, (view) => view.query);
  resource(router, '/api/files', { GET: [guards.api, checkCacheParameter, list] });
}

/** `GET /api/files/:id` and `DELETE /api/files/:id` */
export function fileRoute(router: IRouter, deps: Deps, guards: Guards): void {
  resource(router, '/api/files/:id', {
    GET: [guards.api, getFile(deps)],
    DELETE: [guards.api, deleteFile(deps)],
  });
}

function getFile({ origin, migrations }: Deps): RequestHandler {
  return async (request, response) => {
    const id = String(request.params['id']);
    await migrations.ready();
    const file = await origin.files.get(id);
    if (file === null) throw noFile(id);
    sendJson(response, 200, { success: true, file });
  };
}

function deleteFile(deps: Deps): RequestHandler {
  return async (request, response) => {
    const id = String(request.params['id']);
    await deps.migrations.ready();
    const event = await deps.origin.files.delete(id);
    if (event === null) throw noFile(id);
    sendJson(response, 200, { success: true, invalidation: await invalidateByEvent(deps, event) });
  };
}

export function noFile(id: string): NotFound {
  return new NotFound(`no file ${JSON.stringify(id)}: it was never uploaded, or was deleted`);
}
