import type { FieldProblem } from '@pilotlight/contracts';
import type { PaceOptions } from './upload/upload-pace.ts';

export interface ApiErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** A list becomes a header line for each. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly errors?: readonly FieldProblem[];
}

/** Base of what the API answers on purpose: everything its problem document says, and the headers that go with it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly errors: readonly FieldProblem[] | null;

  constructor({ status, code, detail, headers = {}, errors }: ApiErrorParts, options?: ErrorOptions) {
    super(detail, options);
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.errors = errors ?? null;
  }
}

/** An answer lists no more: a request can have a hundred thousand bad fields. */
export const MAX_PROBLEMS = 20;

/** Query, body or form fields that can't be used; each of the first 20 is named. */
export class InvalidInput extends ApiError {
  /** @param count how many there are in all, if `errors` are only the first of them */
  constructor(errors: readonly FieldProblem[], count = errors.length) {
    const listed = errors.slice(0, MAX_PROBLEMS);
    const more = count > listed.length ? [`and ${count - listed.length} more`] : [];
    const detail = [...listed.map((error) => `${error.field}: ${error.detail}`), ...more].join('; ');
    super({ status: 400, code: 'INVALID_INPUT', detail, errors: listed });
  }
}

/** A body that is not what its route reads: broken JSON or broken multipart. */
export class MalformedBody extends ApiError {
  constructor(detail: string, options?: ErrorOptions) {
    super({ status: 400, code: 'MALFORMED_BODY', detail }, options);
  }
}

export class UnsupportedMediaType extends ApiError {
  constructor(expected: string, came: string | undefined) {
    const detail = `expected ${expected}, got ${came === undefined ? 'no Content-Type' : JSON.stringify(came)}`;
    super({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', detail });
  }
}

/** A form that is compressed as a whole. */
export class UnsupportedCoding extends ApiError {
  constructor(coding: string) {
    const detail = `expected a form without Content-Encoding, got ${JSON.stringify(coding.slice(0, 80))}; send the form as it is: the file in it may be gzipped`;
    super({ status: 415, code: 'UNSUPPORTED_CODING', detail, headers: { 'Accept-Encoding': 'identity' } });
  }
}

export class BodyTooLarge extends ApiError {
  constructor(detail: string) {
    super({ status: 413, code: 'BODY_TOO_LARGE', detail });
  }
}

/** No token, or none that is known. */
export class Unauthorized extends ApiError {
  constructor(detail: string, ...challenges: string[]) {
    super({ status: 401, code: 'UNAUTHORIZED', detail, headers: { 'WWW-Authenticate': challenges } });
  }
}

/** A change asked for by a page of another site. */
export class CrossSite extends ApiError {
  constructor(came: string) {
    const detail = `expected a request of this origin or of no page at all, got ${came}; behind a proxy, let it pass Host on and set X-Forwarded-Proto, or put the origin into ALLOWED_HOSTS`;
    super({ status: 403, code: 'CROSS_SITE', detail });
  }
}

/** A request for a name that is not known to be this service's. */
export class HostNotAllowed extends ApiError {
  constructor(host: string) {
    const detail = `expected a loopback name such as localhost or one of ALLOWED_HOSTS as Host, got ${JSON.stringify(host.slice(0, 200))}; if clients are to use that name, put it into ALLOWED_HOSTS`;
    super({ status: 421, code: 'HOST_NOT_ALLOWED', detail });
  }
}

/** A request line or headers that can't be used. */
export class MalformedRequest extends ApiError {
  constructor(detail: string) {
    super({ status: 400, code: 'MALFORMED_REQUEST', detail });
  }
}

export class NotFound extends ApiError {
  constructor(detail: string) {
    super({ status: 404, code: 'NOT_FOUND', detail });
  }
}

export class MethodNotAllowed extends ApiError {
  constructor(method: string, allow: string) {
    const detail = `expected ${allow}, got ${method}`;
    super({ status: 405, code: 'METHOD_NOT_ALLOWED', detail, headers: { Allow: allow } });
  }
}

/** The client sends too slowly, or nothing; what came of the upload was dropped. */
export class UploadStalled extends ApiError {
  constructor(bytes: number, { minBytes, lookMs, windowLooks }: PaceOptions) {
    const windowS = (lookMs * windowLooks) / 1_000;
    const detail = `expected at least ${minBytes} bytes of the upload in any ${windowS} s, got ${bytes}; nothing was kept, send it again`;
    super({ status: 408, code: 'UPLOAD_STALLED', detail, headers: { Connection: 'close' } });
  }
}

/** The file is stored, but ingest gave up on it. */
export class IngestFailed extends ApiError {
  constructor(fileId: string, reason: string) {
    super({
      status: 422,
      code: 'INGEST_FAILED',
      detail: `file ${fileId} was stored but could not be indexed: ${reason}`,
      headers: { Location: `/api/files/${fileId}` },
    });
  }
}

/** Something this answer needs is away for now. */
export class TryLater extends ApiError {
  constructor(code: string, detail: string, afterMs: number) {
    super({ status: 503, code, detail, headers: { 'Retry-After': String(Math.max(1, Math.ceil(afterMs / 1_000))) } });
  }
}
