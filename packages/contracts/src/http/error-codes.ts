/** The status of each error code. An answer with an error is a problem document whose member `code` has one of these. */
export const STATUS_OF_CODE = {
  INVALID_INPUT: 400,
  MALFORMED_BODY: 400,
  MALFORMED_REQUEST: 400,
  UNAUTHORIZED: 401,
  CROSS_SITE: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  UPLOAD_STALLED: 408,
  CONTENT_FREED: 410,
  BODY_TOO_LARGE: 413,
  UPLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_CODING: 415,
  UNREADABLE_BODY: 415,
  HOST_NOT_ALLOWED: 421,
  EMPTY_UPLOAD: 422,
  INGEST_FAILED: 422,
  HEADERS_TOO_LARGE: 431,
  INTERNAL: 500,
  ORIGIN_UNAVAILABLE: 503,
  ORIGIN_OVERLOADED: 503,
  ORIGIN_BUSY: 503,
  UNREACHABLE: 503,
  STARTING: 503,
  SHUTTING_DOWN: 503,
  INGEST_BEHIND: 503,
  LOG_UNREACHABLE: 503,
  LOAD_TIMED_OUT: 504,
  STORAGE_FULL: 507,
  QUOTA_EXCEEDED: 507,
} as const;
export type ErrorCode = keyof typeof STATUS_OF_CODE;

/** Errors of each route that reads from the database. */
export const FROM_DATABASE = ['ORIGIN_UNAVAILABLE', 'STARTING'] as const satisfies readonly ErrorCode[];
/** Errors of each cached route. */
export const FROM_LOAD = [
  ...FROM_DATABASE,
  'ORIGIN_OVERLOADED',
  'LOAD_TIMED_OUT',
] as const satisfies readonly ErrorCode[];
