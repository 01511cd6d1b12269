import type { ServerResponse } from 'node:http';
import { LoadTimedOut, OriginCircuitOpen, OriginOverloaded, Unreachable } from '@pilotlight/cache-core';
import { InvalidCachePosition } from '@pilotlight/cache-core/express';
import { PROBLEM_TYPES, type Problem, type ProblemCode, problemTypeUrl } from '@pilotlight/contracts';
import { ROUTES } from '@pilotlight/contracts/http';
import {
  BadCursor,
  ContentFreed,
  EmptyUpload,
  KeyReused,
  OriginBusy,
  OriginFull,
  OriginUnavailable,
  QuotaExceeded,
  SearchTooSlow,
  StreamBehind,
  TooManyBuckets,
  UploadTooLarge,
} from '@pilotlight/origin';
import { type Logger, traceFields } from '@pilotlight/runtime';
import type { ErrorRequestHandler, Request } from 'express';
import { MulterError } from 'multer';
import { ApiError, BodyTooLarge, Gone, InsufficientStorage, InvalidInput, MalformedBody, TryLater } from '../errors.ts';
import { sendStatus } from '../otlp/otlp-answers.ts';
import { isPathOf } from './is-path-of.ts';
import { HEADERS_OF_DATA } from './security-headers.ts';

/** `Retry-After` while a server is unreachable. */
const RETRY_AFTER_MS = 2_000;

type Row = (error: unknown) => ApiError | null;

const on =
  <E>(type: abstract new (...args: never[]) => E, toAnswer: (error: E) => ApiError): Row =>
  (error) =>
    error instanceof type ? toAnswer(error) : null;

/** Maps errors to answers; the first row that matches is used. */
const TABLE: readonly Row[] = [
  on(ApiError, (error) => error),
  on(OriginFull, ({ message }) => new InsufficientStorage('STORAGE_FULL', message)),
  on(OriginUnavailable, ({ message }) => new TryLater('ORIGIN_UNAVAILABLE', message, RETRY_AFTER_MS)),
  on(OriginCircuitOpen, (error) => new TryLater('ORIGIN_UNAVAILABLE', error.message, error.retryAfterMs)),
  on(OriginBusy, (error) => new TryLater('ORIGIN_BUSY', error.message, error.retryAfterMs)),
  on(StreamBehind, (error) => new TryLater('INGEST_BEHIND', error.message, error.retryAfterMs)),
  on(KeyReused, ({ message }) => new ApiError({ code: 'IDEMPOTENCY_KEY_REUSED', detail: message })),
  on(OriginOverloaded, (error) => new TryLater('ORIGIN_OVERLOADED', error.message, error.retryAfterMs)),
  on(Unreachable, ({ message }) => new TryLater('UNREACHABLE', message, RETRY_AFTER_MS)),
  on(SearchTooSlow, ({ message }) => new ApiError({ code: 'SEARCH_TOO_SLOW', detail: message })),
  on(LoadTimedOut, ({ message }) => new ApiError({ code: 'LOAD_TIMED_OUT', detail: message })),
  on(BadCursor, (error) => new InvalidInput([{ field: error.field, detail: error.message }])),
  on(
    ContentFreed,
    ({ message }) => new Gone('CONTENT_FREED', `${message}; RAW_RETENTION_DAYS says how long they are kept`),
  ),
  on(
    InvalidCachePosition,
    ({ message }) => new InvalidInput([{ field: 'Cache-Position', detail: message.replace(/^Cache-Position: /, '') }]),
  ),
  on(TooManyBuckets, ({ message }) => new InvalidInput([{ field: 'interval', detail: message }])),
  on(EmptyUpload, ({ message }) => new ApiError({ code: 'EMPTY_UPLOAD', detail: message })),
  on(UploadTooLarge, ({ limitBytes }) => new ApiError({ code: 'UPLOAD_TOO_LARGE', detail: tooLarge(limitBytes) })),
  on(QuotaExceeded, ofQuota),
  on(MulterError, ofMulter),
  ofPath,
  ofBodyReader,
];

/**
 * Answers each failed request with a problem document. Logs bugs as errors, and expected failures at level debug.
 *
 * @param onProblem called with each failed request and its error
 */
export function problemHandler(
  logger: Logger,
  onProblem: (request: Request, error: unknown) => void = () => undefined,
): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { id: request_id, method, path } = request;
    const name = `${method} ${path}`;
    // A server that shuts down answers for routes that are not finished.
    if (response.writableEnded) return void logger.debug({ err: error, request_id }, `${name}: already answered`);
    onProblem(request, error);
    const known = knownAnswer(error);
    if (known === null) logger.error({ err: error, request_id }, name);
    else logger.debug({ request_id }, `${name}: ${known.message}`);
    // Express closes the connection, so that a truncated answer does not look complete.
    if (response.headersSent) next(error);
    else if (isPathOf(ROUTES.exportLogs, path)) sendStatus(response, known ?? BUG);
    else sendProblem(response, known ?? BUG);
  };
}

/** Returns the code of the answer to an error. */
export function problemCodeOf(error: unknown): ProblemCode {
  return (knownAnswer(error) ?? BUG).code;
}

/** Returns the answer to an expected error, or null if the error is a bug. */
function knownAnswer(error: unknown): ApiError | null {
  for (const row of TABLE) {
    const answer = row(error);
    if (answer !== null) return answer;
  }
  return null;
}

const BUG = new ApiError({
  code: 'INTERNAL',
  detail: 'the request failed because of a bug, which was logged; trying again may help',
});

export function sendProblem(response: ServerResponse, error: ApiError): void {
  response.statusCode = error.status;
  for (const [name, value] of Object.entries(problemHeaders(error))) response.setHeader(name, value);
  response.end(problemBody(error, response.req.id));
}

/** @param requestId undefined for a request that was refused before it got an id */
export function problemBody(error: ApiError, requestId?: string): string {
  const { trace_id } = traceFields();
  return JSON.stringify({
    type: problemTypeUrl(error.code),
    title: PROBLEM_TYPES[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(trace_id !== undefined && { trace_id }),
    ...(error.errors !== null && { errors: [...error.errors] }),
    ...(error.quota && { quota: error.quota }),
  } satisfies Problem);
}

export function problemHeaders(error: ApiError): Readonly<Record<string, string | string[]>> {
  return {
    ...HEADERS_OF_DATA,
    ...error.headers,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/problem+json; charset=utf-8',
  };
}

/** RFC 4331, section 6: a quota is answered with 507. */
function ofQuota({ message, problem: { scope, limit, used, uploadBytes } }: QuotaExceeded): ApiError {
  const quota = {
    scope,
    limit_bytes: limit.bytes,
    limit_files: limit.files,
    used_bytes: used.bytes,
    used_files: used.files,
    upload_bytes: uploadBytes,
  };
  return new ApiError({ code: 'QUOTA_EXCEEDED', detail: message, quota });
}

function ofMulter({ code, field }: MulterError): ApiError {
  const named = field === undefined ? '' : ` ${JSON.stringify(field)}`;
  switch (code) {
    case 'LIMIT_FILE_COUNT':
      return fileProblem('expected one file, got several; upload each in its own request');
    case 'LIMIT_UNEXPECTED_FILE':
      return fileProblem(`expected the file in the field "file", got one in${named}`);
    default:
      return new MalformedBody(
        `the multipart form cannot be parsed: ${code}${named}; expected one file, in the field "file"`,
      );
  }
}

function tooLarge(limitBytes: number): string {
  return `expected a file of at most ${limitBytes} bytes, got more; the upload was discarded: split the file, or raise UPLOAD_MAX_BYTES`;
}

function fileProblem(detail: string): InvalidInput {
  return new InvalidInput([{ field: 'file', detail }]);
}

/** Express rejects a path that is not UTF-8 in percent-encoding before a route is called. */
function ofPath(error: unknown): ApiError | null {
  if (!(error instanceof URIError)) return null;
  return new InvalidInput([{ field: 'path', detail: 'expected UTF-8 in percent-encoding, got other bytes' }]);
}

/** Maps the errors of Express and its body parser, which are plain errors with a `status` and a `type`. */
function ofBodyReader(error: unknown): ApiError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const type = 'type' in error ? error.type : null;
  if (type === 'entity.too.large') {
    const limit = 'limit' in error ? String(error.limit) : 'the limit';
    return new BodyTooLarge(`expected a body of at most ${limit} bytes, got more`);
  }
  if (type === 'entity.parse.failed') return new MalformedBody(`expected a JSON object as body, got: ${error.message}`);
  const { status, message } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  return status === 400
    ? new MalformedBody(message, { cause: error })
    : new ApiError({ status, code: 'UNREADABLE_BODY', detail: message });
}
