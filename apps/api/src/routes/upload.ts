import { preferredWaitSeconds } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { IngestFailed } from '../errors.ts';
import { callerOf } from '../http/auth.ts';
import { sendContinue } from '../http/expect.ts';
import { sendJson } from '../http/json-body.ts';
import { readsAtOwnPace } from '../http/open-requests.ts';
import type { Handlers } from '../http/register-routes.ts';
import { positionAfter, setWriteHeaders } from '../http/write-headers.ts';
import { announceEvent } from '../invalidate-by-event.ts';
import { BackPressure } from '../upload/back-pressure.ts';
import { checkUpload } from '../upload/check-upload.ts';
import { ingestWaitMs } from '../upload/ingest-wait.ts';
import { limitUploads } from '../upload/limit-uploads.ts';
import { refuseBeyondQuota } from '../upload/quota-guard.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import { orStorageFull, refuseWhenFull } from '../upload/storage-guard.ts';
import { INDEXED, waitUntilIngested } from '../upload/wait-until-ingested.ts';

/** `POST /api/upload` */
export function uploadFile(deps: Deps): Handlers {
  const { config, logger } = deps;
  const pressure = new BackPressure({ waitMs: () => ingestWaitMs(deps), maxMs: config.ingestMaxWaitMs, logger });
  return [
    checkUpload(config.uploadMaxBytes),
    limitUploads(config, deps.uploadsInProgress),
    pressure.refuse,
    refuseWhenFull(deps, 'upload'),
    refuseBeyondQuota(deps, 1),
    sendContinue,
    upload(deps),
  ];
}

function upload(deps: Deps): RequestHandler {
  return async (request, response) => {
    readsAtOwnPace(request);
    await deps.migrations.ready();
    const uploader = callerOf(request).uploader;
    const uploads = { begin: (name: string) => deps.origin.uploads.begin(name, uploader) };
    const { file, event } = await orStorageFull(
      receiveUpload(request, response, { uploads, maxBytes: deps.config.uploadMaxBytes, shapes: deps.config.shapes }),
    );
    const { invalidation, ...written } = await announceEvent(deps, event);
    setWriteHeaders(response, written);
    response.set('Location', `/api/files/${file.id}`);
    const waitSeconds = preferredWaitSeconds(request.get('prefer'));
    const stored = { success: true, file, invalidation } satisfies AnswerBody<'uploadFile', 202>;
    if (waitSeconds === null) return sendJson(response, 202, stored);

    response.set('Preference-Applied', `wait=${waitSeconds}`);
    const end = await waitUntilIngested(deps, file.id, { waitMs: waitSeconds * 1_000, request });
    if (end?.status === 'failed') throw new IngestFailed(file.id, end.error ?? 'no reason was recorded');
    if (end === null) return sendJson(response, 202, stored);
    const { invalidation: latest, ...indexed } = end;
    setWriteHeaders(response, { selectors: INDEXED, positions: [positionAfter(deps.cache, latest.position)] });
    const answer = { success: true, file: indexed, invalidation: latest } satisfies AnswerBody<'uploadFile', 201>;
    sendJson(response, 201, answer);
  };
}
