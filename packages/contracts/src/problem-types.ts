/** One kind of error of the api: a row of docs/errors.md, and the `title` and `type` of its problem documents. */
export interface ProblemType {
  readonly status: number;
  /** A short summary, the same in every answer with this code (RFC 9457, section 3.1.3). */
  readonly title: string;
  /** When the api answers with this code. */
  readonly when: string;
  /** What the client, or the operator, can do. */
  readonly todo: string;
  /** Seconds for `Retry-After` if the error itself names none; omitted if a repetition of the same request does not help. */
  readonly retryAfterS?: number;
}

/**
 * Every error code of the api. The key is the member `code` of the problem document. docs/errors.md and the page `/docs/errors` are
 * written from this table.
 */
export const PROBLEM_TYPES = {
  INVALID_INPUT: {
    status: 400,
    title: 'Invalid input',
    when: 'a parameter, a header or a field of the body is not valid; `errors` lists the first 20 of them, and for a search `position` is the offset in `q`',
    todo: 'correct the fields that `errors` names',
  },
  MALFORMED_BODY: {
    status: 400,
    title: 'Malformed body',
    when: 'the body is not the JSON or the multipart form that the route reads',
    todo: 'send a complete body; `detail` names the expected form',
  },
  MALFORMED_REQUEST: {
    status: 400,
    title: 'Malformed request',
    when: 'the request line or the headers are not valid HTTP/1.1, or `Host` is missing or repeated',
    todo: 'correct the client or the proxy that sent the request',
  },
  UNAUTHORIZED: {
    status: 401,
    title: 'Missing or wrong credentials',
    when: 'the request has no token, or one that is not valid for this route',
    todo: 'send `Authorization: Bearer <token>`; `WWW-Authenticate` lists what the route accepts',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Role not sufficient',
    when: 'the token is valid, and its role does not include this route',
    todo: 'use a token with the role that `detail` names',
  },
  CROSS_SITE: {
    status: 403,
    title: 'Change requested by another site',
    when: 'a browser sent a change on behalf of a page of another origin',
    todo: 'behind a proxy, pass `Host` on and set `X-Forwarded-Proto`, or add the origin to `ALLOWED_HOSTS`',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    when: 'no route has this path, or the file was never uploaded or is deleted',
    todo: 'correct the path or the id',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    when: 'the path exists and has no such method',
    todo: 'use one of the methods in `Allow`',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'Incomplete request',
    when: 'the headers took longer than 15 s, the body longer than 30 s, or an upload longer than 15 minutes',
    todo: 'send the request again over a new connection',
  },
  UPLOAD_STALLED: {
    status: 408,
    title: 'Upload too slow',
    when: 'the client sent less than 16 KiB/s over 30 s; the part received so far is discarded',
    todo: 'send the upload again over a faster connection',
  },
  CONTENT_FREED: {
    status: 410,
    title: 'Uploaded bytes removed',
    when: 'the uploaded bytes of an indexed file are older than `RAW_RETENTION_DAYS`; its lines are still searchable',
    todo: 'read the lines with a search, or upload the file again',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    when: 'a JSON body has more than 1 MiB; the rest of it is not read, and the connection closes',
    todo: 'send a smaller body',
  },
  UPLOAD_TOO_LARGE: {
    status: 413,
    title: 'File too large',
    when: 'the file has more bytes than `UPLOAD_MAX_BYTES`',
    todo: 'split the file, or raise `UPLOAD_MAX_BYTES`',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    when: 'the `Content-Type` of the body is not one that the route reads',
    todo: 'send JSON, or for an upload `multipart/form-data`',
  },
  UNSUPPORTED_CODING: {
    status: 415,
    title: 'Unsupported content coding',
    when: 'an upload has a `Content-Encoding`, or its file a `Content-Transfer-Encoding` such as `base64`',
    todo: 'send the form uncompressed and the bytes of the file as they are; the file may be gzipped',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'Unknown expectation',
    when: '`Expect` has another value than `100-continue`',
    todo: 'send the request without `Expect`',
  },
  HOST_NOT_ALLOWED: {
    status: 421,
    title: 'Unknown host',
    when: '`Host` is neither a loopback name nor one of `ALLOWED_HOSTS`',
    todo: 'use a name of the service, or add the name to `ALLOWED_HOSTS`',
  },
  EMPTY_UPLOAD: {
    status: 422,
    title: 'Empty file',
    when: 'the uploaded file has no bytes',
    todo: 'upload a file with at least one byte',
  },
  INGEST_FAILED: {
    status: 422,
    title: 'File not indexed',
    when: 'an upload with `Prefer: wait` was stored, and its content could not be indexed; `Location` names the file',
    todo: 'read the reason in `detail`, delete the file and upload a corrected one',
  },
  UNREADABLE_BODY: {
    status: 400,
    title: 'Unreadable body',
    when: 'the body cannot be read for another reason, such as an unknown `charset` or `Content-Encoding`; the status is 400 to 499',
    todo: 'correct the headers that describe the body',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    when: 'the token, or the address of the client, has sent more requests in a minute than its limit; `RateLimit` and `RateLimit-Policy` have the numbers',
    todo: 'try again after `Retry-After` seconds, and spread the requests',
    retryAfterS: 60,
  },
  TOO_MANY_UPLOADS: {
    status: 429,
    title: 'Too many uploads of a token',
    when: 'the token has as many uploads in progress on this process as `TOKEN_UPLOADS_AT_A_TIME`, or its own limit, allows',
    todo: 'try again after `Retry-After` seconds, or once an upload of the token has ended',
    retryAfterS: 5,
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    when: 'the request line and the headers have more than 16 KiB together',
    todo: 'send fewer or shorter headers',
  },
  TOO_MANY_STREAMS_OF_CLIENT: {
    status: 429,
    title: 'Too many event streams of one client',
    when: 'the token, or the address if the api is open, has `EVENT_STREAMS_PER_CLIENT` open event streams',
    todo: 'close one of the streams, or raise the limit',
    retryAfterS: 5,
  },
  TOO_MANY_STREAMS: {
    status: 503,
    title: 'Too many event streams',
    when: 'this process has `EVENT_STREAMS` open event streams',
    todo: 'repeat the request after `Retry-After`, or use another api; the operator can raise the limit',
    retryAfterS: 5,
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    when: 'the request failed because of a bug, which is in the log of the api under the `X-Request-Id` of the answer',
    todo: 'report the log line; a repetition may succeed',
  },
  ORIGIN_UNAVAILABLE: {
    status: 503,
    title: 'Database unavailable',
    when: 'Postgres or Elasticsearch is unreachable, starting, full or too slow, or its circuit breaker is open',
    todo: 'try again after `Retry-After` seconds; `/readyz` names the server',
    retryAfterS: 2,
  },
  ORIGIN_BUSY: {
    status: 503,
    title: 'Too many uploads',
    when: 'this process receives `UPLOADS_AT_A_TIME` uploads already',
    todo: 'try again after `Retry-After` seconds',
    retryAfterS: 1,
  },
  ORIGIN_OVERLOADED: {
    status: 503,
    title: 'Too many loads',
    when: 'too many loads wait for the database',
    todo: 'try again after `Retry-After` seconds',
    retryAfterS: 1,
  },
  UNREACHABLE: {
    status: 503,
    title: 'Redis unreachable',
    when: 'an operation that needs Redis, such as reading the counters of all processes, got no answer; reads and uploads continue without it',
    todo: 'try again after `Retry-After` seconds',
    retryAfterS: 2,
  },
  LOG_UNREACHABLE: {
    status: 503,
    title: 'Invalidation log unreachable',
    when: 'an invalidation could not be announced, so nothing was invalidated',
    todo: 'try again after `Retry-After` seconds; a repetition is harmless',
    retryAfterS: 1,
  },
  INGEST_BEHIND: {
    status: 503,
    title: 'Uploads wait too long',
    when: 'the oldest queued upload has waited longer than `INGEST_MAX_WAIT_MS`; the upload was discarded',
    todo: 'try again after `Retry-After` seconds, or start more workers',
    retryAfterS: 10,
  },
  STARTING: {
    status: 503,
    title: 'Starting',
    when: 'the tables of the database are not migrated yet',
    todo: 'try again after `Retry-After` seconds',
    retryAfterS: 2,
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'Shutting down',
    when: 'the process is shutting down and could not finish the request in time',
    todo: 'try again after `Retry-After` seconds; check first whether a change took effect',
    retryAfterS: 1,
  },
  SEARCH_TOO_SLOW: {
    status: 504,
    title: 'Search too slow',
    when: 'the search took longer than `SEARCH_TIMEOUT_MS` and was cancelled; other requests are not affected',
    todo: 'narrow the search: name a time range, a level, a service or a file, or use fewer and rarer words; the operator can raise `SEARCH_TIMEOUT_MS`',
    retryAfterS: 30,
  },
  LOAD_TIMED_OUT: {
    status: 504,
    title: 'Load too slow',
    when: 'the database took longer than 30 s for the answer',
    todo: 'try again after `Retry-After` seconds, or narrow the query',
    retryAfterS: 5,
  },
  STORAGE_FULL: {
    status: 507,
    title: 'No space for the upload',
    when: 'the database has reached `DATABASE_MAX_BYTES`, or its disk is full; nothing of the upload is stored',
    todo: 'delete files, or add space, and try again after `Retry-After` seconds',
    retryAfterS: 60,
  },
  QUOTA_EXCEEDED: {
    status: 507,
    title: 'Quota exceeded',
    when: 'the upload would exceed a quota; `quota` has the limits and the usage',
    todo: 'delete files, or raise the quota',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof PROBLEM_TYPES;

/** The path of the page that explains every code. */
export const ERRORS_PATH = '/docs/errors';

/** Returns the `type` of a problem document: a URI reference with the full path of the page and the code as its fragment. */
export function problemTypeUrl(code: ProblemCode): string {
  return `${ERRORS_PATH}#${code}`;
}
