/** Base of the errors that the origin throws on purpose; `code` is stable. */
export class OriginError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The database cannot answer now: unreachable, starting, stopping, full, or too slow. Trying again later may help. */
export class OriginUnavailable extends OriginError {
  constructor(message: string, options?: ErrorOptions) {
    super('ORIGIN_UNAVAILABLE', message, options);
  }
}

/** As many uploads as there may be are under way. */
export class OriginBusy extends OriginError {
  readonly retryAfterMs: number;

  constructor(uploads: number, retryAfterMs: number) {
    super('ORIGIN_BUSY', `${uploads} uploads are under way, and no more are taken at a time; try again soon`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A cursor that this list never gave out. */
export class BadCursor extends OriginError {
  constructor() {
    super('BAD_CURSOR', 'expected the "next" of an earlier page of this list as cursor; start again without one');
  }
}

/** An upload without a byte. */
export class EmptyUpload extends OriginError {
  constructor() {
    super('EMPTY_UPLOAD', 'expected a file of at least one byte, got an empty one');
  }
}

/** An upload over the size limit; nothing of it was kept. */
export class UploadTooLarge extends OriginError {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super('UPLOAD_TOO_LARGE', `expected a file of at most ${limitBytes} bytes, got more; split it, or raise the limit`);
    this.limitBytes = limitBytes;
  }
}

/** A later attempt at the same file has begun, or the file was deleted: this attempt's work is discarded. */
export class IngestSuperseded extends OriginError {
  readonly fileId: string;
  readonly attempt: number;

  constructor(fileId: string, attempt: number, options?: ErrorOptions) {
    super('INGEST_SUPERSEDED', `ingest attempt ${attempt} of file ${fileId} is no longer the current one`, options);
    this.fileId = fileId;
    this.attempt = attempt;
  }
}

/** The database does not fit this version of the code; the message says what to do. */
export class SchemaMismatch extends OriginError {
  constructor(message: string) {
    super('SCHEMA_MISMATCH', message);
  }
}
