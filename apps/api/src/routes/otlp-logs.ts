import { createHash } from 'node:crypto';
import { OriginBusy, UploadTooLarge } from '@pilotlight/origin';
import type { Request, RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { callerOf } from '../http/auth.ts';
import { onceClosed } from '../http/once-closed.ts';
import type { Handlers } from '../http/register-routes.ts';
import { guardIngest } from '../ingest/guard-ingest.ts';
import { idempotencyKeyOf } from '../ingest/idempotency-key.ts';
import { streamsFor } from '../ingest/repeated-request.ts';
import { unpackedBody } from '../ingest/unpacked-body.ts';
import { type LogBatch, parseLogBatch } from '../otlp/log-batch.ts';
import { encodingOf, sendExported } from '../otlp/otlp-answers.ts';
import { orStorageFull } from '../upload/storage-guard.ts';

/** A batch is in memory as a whole; the SDKs send 512 records, collectors some thousands. */
const MAX_BATCH_BYTES = 8 * 1024 ** 2;
/** The lines of a batch, each of which repeats its resource and scope. */
const MAX_LINES_BYTES = 32 * 1024 ** 2;
/** Lines are written in parts of about this length, in characters. */
const PART_LENGTH = 256 * 1024;
/** The batches that one process receives at a time. */
const MAX_BATCHES = 16;
const RETRY_AFTER_MS = 1_000;
const TYPES = /^application\/(?:x-protobuf|json)$/;

/** `POST /v1/logs`: OTLP over HTTP. */
export function exportLogs(deps: Deps): Handlers {
  const accepted = { source: 'otlp', types: TYPES, expected: 'application/x-protobuf or application/json' } as const;
  return [...guardIngest(deps, accepted), receiveBatch(deps)];
}

function receiveBatch(deps: Deps): RequestHandler {
  const maxBytes = Math.min(MAX_BATCH_BYTES, deps.config.uploadMaxBytes);
  const maxLinesBytes = Math.min(MAX_LINES_BYTES, deps.config.uploadMaxBytes);
  let inProgress = 0;
  return async (request, response) => {
    const key = idempotencyKeyOf(request);
    await deps.migrations.ready();
    if (inProgress >= MAX_BATCHES) throw new OriginBusy(MAX_BATCHES, RETRY_AFTER_MS);
    inProgress += 1;
    onceClosed(response, () => {
      inProgress -= 1;
    });
    const body = await wholeBody(request, maxBytes);
    const encoding = encodingOf(request);
    const batch = parseLogBatch(body, encoding, maxLinesBytes);
    deps.lineCounts.received('otlp', batch.lines.length + batch.rejected);
    if (batch.lines.length > 0) await orStorageFull(append(deps, batch, { request, body, key }));
    deps.lineCounts.stored('otlp', batch.lines.length);
    deps.lineCounts.dropped('otlp', 'invalid', batch.rejected);
    sendExported(response, encoding, batch.rejected);
  };
}

async function wholeBody(request: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpackedBody(request)) {
    length += chunk.length;
    if (length > maxBytes) throw new UploadTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function* partsOf(lines: readonly string[]): Generator<Buffer> {
  let part = '';
  for (const line of lines) {
    part += `${line}\n`;
    if (part.length < PART_LENGTH) continue;
    yield Buffer.from(part);
    part = '';
  }
  if (part !== '') yield Buffer.from(part);
}

interface Received {
  readonly request: Request;
  readonly body: Buffer;
  readonly key: string | null;
}

async function append(deps: Deps, { stream, lines }: LogBatch, { request, body, key }: Received): Promise<void> {
  const appending = await streamsFor(request, deps).begin(stream, callerOf(request).uploader);
  try {
    for (const part of partsOf(lines)) await appending.write(part);
    const fingerprint = createHash('sha256').update(body).digest();
    await appending.commit({ lines: lines.length, key: key === null ? null : { key, fingerprint } });
  } catch (error) {
    await appending.abort();
    throw error;
  }
}
