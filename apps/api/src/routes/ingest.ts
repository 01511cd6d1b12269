import { ingestQuerySchema, preferredWaitSeconds } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { IngestFailed } from '../errors.ts';
import { callerOf } from '../http/auth.ts';
import { sendJson } from '../http/json-body.ts';
import { readsAtOwnPace } from '../http/open-requests.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';
import { positionAfter, setWriteHeaders } from '../http/write-headers.ts';
import { guardIngest } from '../ingest/guard-ingest.ts';
import { idempotencyKeyOf } from '../ingest/idempotency-key.ts';
import { receiveLines } from '../ingest/receive-lines.ts';
import { streamsFor } from '../ingest/repeated-request.ts';
import { orStorageFull } from '../upload/storage-guard.ts';
import { INDEXED, waitUntilIngested } from '../upload/wait-until-ingested.ts';

/** `curl --data-binary` labels every body as a form. */
const TYPES =
  /^(?:text\/plain|application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|stream\+json|json|octet-stream|gzip|x-www-form-urlencoded))$/;

/** `POST /api/ingest` */
export function ingestLines(deps: Deps): Handlers {
  const accepted = { source: 'ingest', types: TYPES, expected: 'text/plain or application/x-ndjson' } as const;
  return [...guardIngest(deps, accepted), ingest(deps)];
}

function ingest(deps: Deps): RequestHandler {
  return async (request, response) => {
    readsAtOwnPace(request);
    const { stream } = parseInput(ingestQuerySchema, request.query);
    const key = idempotencyKeyOf(request);
    await deps.migrations.ready();
    const { lineCounts } = deps;
    const streams = streamsFor(request, deps);
    const onRead = (count: number) => lineCounts.received('ingest', count);
    const { uploader } = callerOf(request);
    const { fileId, fileName, lines, bytes } = await orStorageFull(
      receiveLines(request, { streams, stream, uploader, key, onRead }),
    );
    lineCounts.stored('ingest', lines);
    response.set('Location', `/api/files/${fileId}`);
    const stored = { success: true, stream, lines, bytes, file: { id: fileId, name: fileName } } as const;
    const pending = { ...stored, invalidation: { position: null, state: 'pending' } } satisfies AnswerBody<
      'ingestLines',
      202
    >;
    const waitSeconds = preferredWaitSeconds(request.get('prefer'));
    if (waitSeconds === null) return sendJson(response, 202, pending);
    response.set('Preference-Applied', `wait=${waitSeconds}`);
    const end = await waitUntilIngested(deps, fileId, { waitMs: waitSeconds * 1_000, request });
    if (end?.status === 'failed') throw new IngestFailed(fileId, end.error ?? 'no reason was recorded');
    if (end === null) return sendJson(response, 202, pending);
    const { position, state } = end.invalidation;
    setWriteHeaders(response, { selectors: INDEXED, positions: [positionAfter(deps.cache, position)] });
    sendJson(response, 201, { ...stored, invalidation: { position, state } } satisfies AnswerBody<'ingestLines', 201>);
  };
}
