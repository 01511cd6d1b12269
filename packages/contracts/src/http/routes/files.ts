import { z } from 'zod';
import {
  deletionAnswerSchema,
  exportLogsAnswerSchema,
  exportLogsBodySchema,
  fileAnswerSchema,
  indexedUploadAnswerSchema,
  ingestAnswerSchema,
  ingestQuerySchema,
  uploadAnswerSchema,
} from '../../files.ts';
import { uploadFieldsSchema } from '../../upload.ts';
import { EVENTS, json, lastEventId } from '../answers.ts';
import { FROM_DATABASE } from '../error-codes.ts';
import { DATA, IDEMPOTENCY_KEY, PREFERENCE_APPLIED, preferWait, UNCACHED, WRITTEN } from '../headers.ts';
import type { Route, RouteAnswer } from '../route.ts';

const fileParams = z.object({
  id: z.string().describe('The id of the file.').meta({ example: '01a20449-5b5e-7c3a-9d55-2f6ce3a4b0c1' }),
});

const location = z
  .string()
  .regex(/^\/api\/files\//)
  .describe('The path of the file.');
const contentHeaders = {
  ...DATA,
  ETag: z
    .string()
    .regex(/^"[^"]+"$/)
    .describe('The id of the file: its bytes never change.'),
  'Cache-Control': z.literal('private, no-cache'),
  'Accept-Ranges': z.literal('none'),
};

/** The errors of a request that brings bytes. */
const OF_BYTES = [
  'UPLOAD_STALLED',
  'UPLOAD_TOO_LARGE',
  'UNSUPPORTED_CODING',
  'EMPTY_UPLOAD',
  'ORIGIN_BUSY',
  'TOO_MANY_UPLOADS',
  'INGEST_BEHIND',
  'STORAGE_FULL',
  'QUOTA_EXCEEDED',
  ...FROM_DATABASE,
] as const;

/** Returns an answer with the bytes of a file. */
const contentOf = (type: string): RouteAnswer => ({
  description: 'The bytes as they were uploaded.',
  type,
  body: null,
  headers: { ...contentHeaders, 'Content-Disposition': z.string().regex(/^attachment/) },
});

/** The routes of files, except for their list. */
export const FILES = {
  getFile: {
    method: 'GET',
    path: '/api/files/:id',
    tag: 'files',
    summary: 'Returns one file with the state of its latest event',
    access: 'read',
    cached: null,
    params: fileParams,
    headers: preferWait('until the file is indexed or has failed'),
    answers: { 200: { ...json(fileAnswerSchema, 'The file.'), headers: { ...UNCACHED, ...PREFERENCE_APPLIED } } },
    errors: ['NOT_FOUND', ...FROM_DATABASE],
  },
  deleteFile: {
    method: 'DELETE',
    path: '/api/files/:id',
    tag: 'files',
    summary: 'Deletes a file and its lines',
    description:
      'The answer comes once the lines are gone from every endpoint of every process, or the state is `pending`.',
    access: 'write',
    cached: null,
    params: fileParams,
    answers: { 200: { ...json(deletionAnswerSchema, 'The file is deleted.'), headers: WRITTEN } },
    errors: ['NOT_FOUND', ...FROM_DATABASE],
  },
  getFileContent: {
    method: 'GET',
    path: '/api/files/:id/content',
    tag: 'files',
    summary: 'Returns the bytes of a file as they were uploaded',
    access: 'read',
    cached: null,
    params: fileParams,
    answers: {
      200: contentOf('application/octet-stream'),
      304: { description: 'The client has the bytes.', type: null, body: null, headers: contentHeaders },
    },
    errors: ['NOT_FOUND', 'CONTENT_FREED', ...FROM_DATABASE],
  },
  streamFileEvents: {
    method: 'GET',
    path: '/api/files/:id/events',
    tag: 'files',
    summary: 'Streams the steps of an upload until its answers are warm',
    description:
      'Server-sent events: `stored`, `progress`, `indexed` or `failed`, `invalidated`, `warmed`, `deleted`. The stream ends after the last one. With `Last-Event-ID` it continues after that event, on any api.',
    access: 'read',
    cached: null,
    params: fileParams,
    headers: lastEventId,
    answers: {
      200: EVENTS,
      204: {
        description: 'The client has the last event; it stops reconnecting.',
        type: null,
        body: null,
        headers: UNCACHED,
      },
    },
    errors: ['INVALID_INPUT', 'NOT_FOUND', 'TOO_MANY_STREAMS', 'TOO_MANY_STREAMS_OF_CLIENT', ...FROM_DATABASE],
  },
  uploadFile: {
    method: 'POST',
    path: '/api/upload',
    tag: 'files',
    summary: 'Stores a log file, to be indexed by a worker',
    description:
      'The format is detected from the content: text of any format in docs/formats.md, JSON or a table, as it is or packed with gzip, zstd or tar. The other fields say how to read what the file leaves open. The answer comes once no process serves a list of files without this one. With `Prefer: wait=30` it comes when the lines can be found too.',
    access: 'write',
    cached: null,
    headers: preferWait('until the file is indexed'),
    body: {
      type: 'multipart/form-data',
      schema: z.strictObject({ file: z.file(), ...uploadFieldsSchema.shape }),
      required: true,
      examples: {},
    },
    answers: {
      201: {
        ...json(indexedUploadAnswerSchema, 'The file is indexed, and its lines can be found.'),
        headers: { ...WRITTEN, ...PREFERENCE_APPLIED, Location: location },
      },
      202: {
        ...json(uploadAnswerSchema, 'The file is stored and not indexed yet.'),
        headers: { ...WRITTEN, ...PREFERENCE_APPLIED, Location: location },
      },
    },
    errors: ['INVALID_INPUT', 'INGEST_FAILED', ...OF_BYTES],
  },
  ingestLines: {
    method: 'POST',
    path: '/api/ingest',
    tag: 'files',
    summary: 'Appends lines to a stream, which rolls into files',
    description:
      'The body is lines of any text format, or one JSON object per line, as they are or in gzip; not an archive. Lines of one stream are read together, as those of one file: give senders whose lines need a header, or have another order of day and month, streams of their own. The answer comes once they are durable. They become a file, which a worker indexes, after 2 s; of a stream that rolls files for minutes after 10 s. With `Prefer: wait=30` the answer comes when the lines can be found.',
    access: 'write',
    cached: null,
    query: ingestQuerySchema,
    headers: z.object({ ...IDEMPOTENCY_KEY.shape, ...preferWait('until the lines can be found').shape }),
    body: {
      type: 'text/plain',
      alsoTypes: ['application/x-ndjson', 'application/octet-stream'],
      schema: z.string(),
      required: true,
      examples: { lines: '2026-03-01 10:00:00 INFO cart: added lamp\n' },
    },
    answers: {
      201: {
        ...json(ingestAnswerSchema, 'The lines can be found.'),
        headers: { ...WRITTEN, ...PREFERENCE_APPLIED, Location: location },
      },
      202: {
        ...json(ingestAnswerSchema, 'The lines are durable and not indexed yet.'),
        headers: { ...UNCACHED, ...PREFERENCE_APPLIED, Location: location },
      },
    },
    errors: ['INVALID_INPUT', 'INGEST_FAILED', 'LINE_TOO_LONG', 'IDEMPOTENCY_KEY_REUSED', ...OF_BYTES],
  },
  exportLogs: {
    method: 'POST',
    path: '/v1/logs',
    tag: 'files',
    summary: 'Appends log records in OTLP to a stream',
    description:
      'OTLP over HTTP, in protobuf or JSON, gzipped or not. The stream is `service.name` of the first resource that has one. The answer comes once the records are durable. It is an `ExportLogsServiceResponse`, and an error a `google.rpc.Status`, in the encoding of the request. Without space its status is 503 instead of 507, for which exporters drop a batch.',
    access: 'write',
    cached: null,
    headers: IDEMPOTENCY_KEY,
    body: {
      type: 'application/x-protobuf',
      alsoTypes: ['application/json'],
      schema: exportLogsBodySchema,
      required: true,
      examples: {
        logs: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'added lamp' } }] }] }] },
      },
    },
    answers: {
      200: {
        description: 'The records are durable, except for those that `partialSuccess` counts.',
        type: 'application/json',
        alsoTypes: ['application/x-protobuf'],
        body: exportLogsAnswerSchema,
        headers: UNCACHED,
      },
    },
    errors: ['INVALID_INPUT', 'IDEMPOTENCY_KEY_REUSED', ...OF_BYTES],
    errorTypes: ['application/json', 'application/x-protobuf'],
    errorStatuses: { 507: 503 },
  },
} as const satisfies Record<string, Route>;
