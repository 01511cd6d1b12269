import type { components } from './api-types.ts';

/** The body of an error answer (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/** The api answered with an error. `problem` has its stable `code`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** The problem document; null if the answer came from something else, such as a proxy. */
  readonly problem: Problem | null;
  /** From `Retry-After`, in seconds; null if the answer does not have it. */
  readonly retryAfterS: number | null;
  readonly requestId: string | null;

  constructor(status: number, headers: Headers, body: unknown) {
    const problem = problemOf(body);
    super(problem?.detail ?? `expected a problem document with status ${status}, got another body`);
    this.status = status;
    this.problem = problem;
    this.retryAfterS = secondsUntil(headers.get('retry-after'));
    this.requestId = headers.get('x-request-id');
  }

  get code(): Problem['code'] | null {
    return this.problem?.code ?? null;
  }
}

/** No answer came: the address is wrong, nothing listens there, the connection broke, or the time ran out. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}

function problemOf(body: unknown): Problem | null {
  const isProblem =
    typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && typeof body.detail === 'string';
  return isProblem ? (body as Problem) : null;
}

/** Parses `Retry-After`: a number of seconds, or a date. */
function secondsUntil(retryAfter: string | null): number | null {
  if (retryAfter === null) return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
