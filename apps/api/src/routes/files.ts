import { preferredWaitSeconds } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { Deps } from '../deps.ts';
import { NotFound } from '../errors.ts';
import { cachedRoute } from '../http/cached-recipe.ts';
import { sendJson } from '../http/json-body.ts';
import type { Handlers } from '../http/register-routes.ts';
import { setWriteHeaders } from '../http/write-headers.ts';
import { announceEvent } from '../invalidate-by-event.ts';
import { waitUntilIngested } from '../upload/wait-until-ingested.ts';

/** `GET /api/files` */
export function listFiles(deps: Deps): Handlers {
  return cachedRoute(deps, 'listFiles');
}

/** `GET /api/files/:id`. `Prefer: wait` waits until the file is indexed, or has failed. */
export function getFile(deps: Deps): Handlers {
  const { origin, migrations } = deps;
  return [
    async (request, response) => {
      const id = String(request.params['id']);
      await migrations.ready();
      const waitSeconds = preferredWaitSeconds(request.get('prefer'));
      if (waitSeconds !== null) {
        response.set('Preference-Applied', `wait=${waitSeconds}`);
        await waitUntilIngested(deps, id, { waitMs: waitSeconds * 1_000, request });
      }
      const file = await origin.files.get(id);
      if (file === null) throw noFile(id);
      sendJson(response, 200, { success: true, file } satisfies AnswerBody<'getFile', 200>);
    },
  ];
}

/** `DELETE /api/files/:id` */
export function deleteFile(deps: Deps): Handlers {
  return [
    async (request, response) => {
      const id = String(request.params['id']);
      await deps.migrations.ready();
      const event = await deps.origin.files.delete(id);
      if (event === null) throw noFile(id);
      const { invalidation, confirmed, ...written } = await announceEvent(deps, event);
      setWriteHeaders(response, written);
      const receipt = { ...invalidation, ...(confirmed ?? { receipt_ms: null, processes: [] }) };
      sendJson(response, 200, { success: true, invalidation: receipt } satisfies AnswerBody<'deleteFile', 200>);
    },
  ];
}

export function noFile(id: string): NotFound {
  return new NotFound(`no file ${JSON.stringify(id)}: it was never uploaded, or was deleted`);
}
