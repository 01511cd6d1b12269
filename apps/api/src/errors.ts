import {
  type FieldProblem,
  PROBLEM_TYPES,
  type Problem,
  type ProblemCode,
  type ProblemType,
} from '@pilotlight/contracts';
import type { PaceOptions } from './upload/upload-pace.ts';

export interface ApiErrorParts {
  /** Defaults to the status of the code. */
  readonly status?: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** A list is sent as one header line per value. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly errors?: readonly FieldProblem[];
  readonly quota?: Problem['quota'];
}

/**
 * Base class of expected failures. Holds the content of the problem document and its extra headers. `PROBLEM_TYPES` gives the status
 * and the default `Retry-After` of its code.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly errors: readonly FieldProblem[] | null;
  readonly quota: Problem['quota'] | null;

  constructor({ status, code, detail, headers = {}, errors, quota }: ApiErrorParts, options?: ErrorOptions) {
    super(detail, options);
    const type: ProblemType = PROBLEM_TYPES[code];
    this.name = new.target.name;
    this.status = status ?? type.status;
    this.code = code;
    this.headers = type.retryAfterS === undefined ? headers : { 'Retry-After': String(type.retryAfterS), ...headers };
    this.errors = errors ?? null;
    this.quota = quota ?? null;
  }
}

/** The number of bad fields that an answer lists; a request can have a hundred thousand. */
export const MAX_PROBLEMS = 20;

/** Query, body or form fields that are not valid. Names the first 20 of them. */
export class InvalidInput extends ApiError {
  /** @param count the number of all bad fields, if `errors` has only the first of them */
  constructor(errors: readonly FieldProblem[], count = errors.length) {
    const listed = errors.slice(0, MAX_PROBLEMS);
    const more = count > listed.length ? [`and ${count - listed.length} more`] : [];
    const detail = [...listed.map((error) => `${error.field}: ${error.detail}`), ...more].join('; ');
    super({ code: 'INVALID_INPUT', detail, errors: listed });
  }
}

/** A body that its route cannot parse: broken JSON or broken multipart. */
export class MalformedBody extends ApiError {
  constructor(detail: string, options?: ErrorOptions) {
    super({ code: 'MALFORMED_BODY', detail }, options);
  }
}

export class UnsupportedMediaType extends ApiError {
  constructor(expected: string, actual: string | undefined) {
    const detail = `expected ${expected}, got ${actual === undefined ? 'no Content-Type' : JSON.stringify(actual)}`;
    super({ code: 'UNSUPPORTED_MEDIA_TYPE', detail });
  }
}

/** A body whose `Content-Encoding` the route does not unpack. */
export class UnsupportedCoding extends ApiError {
  /** @param accepted the value of `Accept-Encoding` of the answer */
  constructor(expected: string, coding: string, accepted: 'identity' | 'gzip') {
    const detail = `expected ${expected}, got ${JSON.stringify(coding.slice(0, 80))}`;
    super({ code: 'UNSUPPORTED_CODING', detail, headers: { 'Accept-Encoding': accepted } });
  }
}

/** A line of a stream without an end within the limit. */
export class LineTooLong extends ApiError {
  constructor(maxBytes: number) {
    super({ code: 'LINE_TOO_LONG', detail: `expected lines of at most ${maxBytes} bytes, got a longer one` });
  }
}

/** A file whose bytes are encoded as text, which RFC 7578 (section 4.7) deprecates: the text would be stored as the file. */
export class EncodedFile extends ApiError {
  constructor(encoding: string) {
    const detail = `expected a file without Content-Transfer-Encoding, got ${JSON.stringify(encoding.slice(0, 80))}; send its bytes as they are`;
    super({ code: 'UNSUPPORTED_CODING', detail });
  }
}

/** The rest of the body is not read, so the connection cannot be used again. */
export class BodyTooLarge extends ApiError {
  constructor(detail: string) {
    super({ code: 'BODY_TOO_LARGE', detail, headers: { Connection: 'close' } });
  }
}

/** The request expects a behaviour that this api does not have (RFC 9110, section 10.1.1). */
export class ExpectationFailed extends ApiError {
  constructor(actual: string) {
    const detail = `expected no Expect header, or 100-continue, got ${JSON.stringify(actual.slice(0, 80))}`;
    super({ code: 'EXPECTATION_FAILED', detail });
  }
}

/** The headers or the body of a request did not arrive in time. */
export class RequestTimedOut extends ApiError {
  constructor(detail: string) {
    super({ code: 'REQUEST_TIMEOUT', detail, headers: { Connection: 'close' } });
  }
}

/** The request has no credentials, or no valid ones. */
export class Unauthorized extends ApiError {
  constructor(detail: string, ...challenges: string[]) {
    super({ code: 'UNAUTHORIZED', detail, headers: { 'WWW-Authenticate': challenges } });
  }
}

/** A browser sent a change on behalf of a page of another site. */
export class CrossSite extends ApiError {
  constructor(actual: string) {
    const detail = `expected a request from a page of this origin or from no page, got ${actual}; behind a proxy, pass Host on and set X-Forwarded-Proto, or add the origin to ALLOWED_HOSTS`;
    super({ code: 'CROSS_SITE', detail });
  }
}

/** The request names a host that this service does not accept as its own. */
export class HostNotAllowed extends ApiError {
  constructor(host: string) {
    const detail = `expected a loopback name such as localhost, or one of ALLOWED_HOSTS, as Host, got ${JSON.stringify(host.slice(0, 200))}; to accept that name, add it to ALLOWED_HOSTS`;
    super({ code: 'HOST_NOT_ALLOWED', detail });
  }
}

/** The request line or the headers are not valid. */
export class MalformedRequest extends ApiError {
  constructor(detail: string) {
    super({ code: 'MALFORMED_REQUEST', detail });
  }
}

export class NotFound extends ApiError {
  constructor(detail: string) {
    super({ code: 'NOT_FOUND', detail });
  }
}

/** A change of a queue while its server is unreachable. */
export class QueueUnreachable extends ApiError {
  constructor() {
    super({ code: 'UNREACHABLE', detail: 'the queue server is unreachable' });
  }
}

/** The resource existed, and was removed for good. */
export class Gone extends ApiError {
  constructor(code: ProblemCode, detail: string) {
    super({ code, detail });
  }
}

export class MethodNotAllowed extends ApiError {
  constructor(method: string, allow: string) {
    const detail = `expected ${allow}, got ${method}`;
    super({ code: 'METHOD_NOT_ALLOWED', detail, headers: { Allow: allow } });
  }
}

/** The client sends an upload too slowly, or stopped sending. The part received so far is discarded. */
export class UploadStalled extends ApiError {
  constructor(bytes: number, { minBytes, lookMs, windowLooks }: PaceOptions) {
    const windowS = (lookMs * windowLooks) / 1_000;
    const detail = `expected at least ${minBytes} bytes of the upload in any ${windowS} s, got ${bytes}; the upload was discarded, send it again`;
    super({ code: 'UPLOAD_STALLED', detail, headers: { Connection: 'close' } });
  }
}

/** No space is left for the upload (RFC 4918, section 11.5). The answer has `Retry-After`: space may become free. */
export class InsufficientStorage extends ApiError {
  constructor(code: ProblemCode, detail: string) {
    super({ code, detail });
  }
}

/** The file is stored, but could not be ingested. */
export class IngestFailed extends ApiError {
  constructor(fileId: string, reason: string) {
    super({
      code: 'INGEST_FAILED',
      detail: `file ${fileId} was stored but could not be indexed: ${reason}`,
      headers: { Location: `/api/files/${fileId}` },
    });
  }
}

/** A dependency of this answer is unavailable for now. The answer has `Retry-After`. */
export class TryLater extends ApiError {
  constructor(code: ProblemCode, detail: string, afterMs: number) {
    super({ code, detail, headers: { 'Retry-After': String(Math.max(1, Math.ceil(afterMs / 1_000))) } });
  }
}
