import type { QuotaProblem, UsageLimit } from './quotas.ts';

/** Base class of the errors that the origin throws on purpose. `code` is stable. */
export class OriginError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * The database cannot answer now: it is unreachable, starting, stopping, full or too slow. A later retry may succeed.
 */
export class OriginUnavailable extends OriginError {
  constructor(message: string, options?: ErrorOptions, code = 'ORIGIN_UNAVAILABLE') {
    super(code, message, options);
  }
}

/** The disk of the database is full. Reads may succeed; what failed may succeed once there is space. */
export class OriginFull extends OriginUnavailable {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'STORAGE_FULL');
  }
}

/** The maximum number of concurrent uploads is reached. */
export class OriginBusy extends OriginError {
  readonly retryAfterMs: number;

  constructor(uploads: number, retryAfterMs: number) {
    super('ORIGIN_BUSY', `${uploads} uploads are in progress, which is the maximum; try again soon`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A search took longer than its budget and was cancelled. The server works: a narrower search, or the same one later, may succeed. */
export class SearchTooSlow extends OriginError {
  /** @param budgetMs the limit that it exceeded */
  constructor(budgetMs: number) {
    super(
      'SEARCH_TOO_SLOW',
      `the search was cancelled after ${budgetMs} ms; narrow it: name a time range, a level, a service or a file, or use fewer and rarer words`,
    );
  }
}

/** The cursor did not come from this list or search. */
export class BadCursor extends OriginError {
  /** The field of the query that holds the cursor. */
  readonly field: 'cursor' | 'after';

  constructor(field: 'cursor' | 'after') {
    super('BAD_CURSOR', `expected the "next" of an earlier page as ${field}; start again without ${field}`);
    this.field = field;
  }
}

/** The interval that was asked for is too narrow for the time that the records cover. */
export class TooManyBuckets extends OriginError {
  constructor(message: string) {
    super('TOO_MANY_BUCKETS', message);
  }
}

export class EmptyUpload extends OriginError {
  constructor() {
    super('EMPTY_UPLOAD', 'expected a file of at least one byte, got an empty one');
  }
}

/** The upload exceeds the size limit. None of it is stored. */
export class UploadTooLarge extends OriginError {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(
      'UPLOAD_TOO_LARGE',
      `expected a file of at most ${limitBytes} bytes, got more; split the file or raise the limit`,
    );
    this.limitBytes = limitBytes;
  }
}

/** The lines of a stream arrive faster than workers roll its open file into files. */
export class StreamBehind extends OriginError {
  readonly retryAfterMs = 1_000;

  constructor(stream: string) {
    super(
      'STREAM_BEHIND',
      `the open file of the stream ${stream} is full, or no worker has rolled it for too long; send the lines again soon, or start more workers`,
    );
  }
}

/** An idempotency key was used for another request. */
export class KeyReused extends OriginError {
  constructor() {
    super(
      'KEY_REUSED',
      'expected the same request as the earlier one with this Idempotency-Key, got another body or another stream; use a new key for each request',
    );
  }
}

/** The upload would exceed a quota. None of it is stored. */
export class QuotaExceeded extends OriginError {
  readonly problem: QuotaProblem;

  constructor(problem: QuotaProblem) {
    const { scope, limit, used, uploadBytes } = problem;
    const whose = scope === 'total' ? 'all files' : 'the files of one token';
    super(
      'QUOTA_EXCEEDED',
      `the quota of ${whose} is ${shown(limit)}; ${used.files} files with ${used.bytes} bytes exist, and the upload has ${uploadBytes} bytes: delete files, or raise the quota`,
    );
    this.problem = problem;
  }
}

function shown({ files, bytes }: UsageLimit): string {
  return [files !== null && `${files} files`, bytes !== null && `${bytes} bytes`].filter(Boolean).join(' and ');
}

/** A later attempt at the same file has begun, or the file was deleted. The work of this attempt is discarded. */
export class IngestSuperseded extends OriginError {
  readonly fileId: string;
  readonly attempt: number;

  constructor(fileId: string, attempt: number, options?: ErrorOptions) {
    super(
      'INGEST_SUPERSEDED',
      `ingest attempt ${attempt} of file ${fileId} was superseded by a later attempt, or the file was deleted`,
      options,
    );
    this.fileId = fileId;
    this.attempt = attempt;
  }
}

/** The uploaded bytes of a file were removed, as after every ingest. Its records exist. */
export class ContentFreed extends OriginError {
  constructor(fileId: string) {
    super('CONTENT_FREED', `the uploaded bytes of file ${fileId} were removed`);
  }
}

/** A message names this number of rejected records. */
const SHOWN_REJECTIONS = 3;

/** The log store rejected records of a file for good. The message names the first of them. */
export class RecordsRejected extends OriginError {
  /** @param rejected id and reason of each record */
  constructor(rejected: readonly string[]) {
    const shown = rejected.slice(0, SHOWN_REJECTIONS).join('; ');
    super('RECORDS_REJECTED', `the log store rejected ${rejected.length} records, the first of them: ${shown}`);
  }
}

/** The database schema does not fit this version of the code. The message says what to do. */
export class SchemaMismatch extends OriginError {
  constructor(message: string) {
    super('SCHEMA_MISMATCH', message);
  }
}

/** Another process copies between the log stores of this database. */
export class ReindexRunning extends OriginError {
  constructor() {
    super(
      'REINDEX_RUNNING',
      'expected no other reindex of this database, got one that is running; wait for its end, or find its session in pg_stat_activity by application_name "pilotlight reindex lock"',
    );
  }
}
