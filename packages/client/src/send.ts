import ky, { HTTPError, type KyInstance, NetworkError, type Options, TimeoutError } from 'ky';
import { ApiProblem, ApiUnreachable } from './errors.ts';
import { urlOf } from './url-of.ts';

/** How requests are sent and repeated. */
export interface SendOptions {
  /** Sent as `Authorization: Bearer`. Defaults to none. */
  readonly token?: string | undefined;
  /** How often a request without an effect, or with an idempotency key, is repeated after a network error, 408, 429, 502, 503 or 504. Defaults to 3. */
  readonly retries?: number;
  /** The longest wait before a repetition, in ms, even if `Retry-After` asks for more. Defaults to 10,000. */
  readonly maxRetryAfterMs?: number;
  /** How long one try may take, in ms. Uploads and event streams have their own limits. Defaults to 120,000, which is longer than any `Prefer: wait`. */
  readonly timeoutMs?: number;
  /** Defaults to the one of the platform. */
  readonly fetch?: typeof fetch;
}

/** Options of one request. */
export interface RequestOptions extends Omit<Options, 'retry'> {
  /** 0: the request is not repeated. Defaults to the client's own repetitions. */
  readonly retry?: 0;
}

/** Sends a request; resolves with an answer without an error. Rejects with `ApiProblem` or `ApiUnreachable`. */
export type Send = (request: Request, options?: RequestOptions) => Promise<Response>;

const REPEATED = [408, 429, 502, 503, 504];
const IDEMPOTENT = ['get', 'head', 'options', 'put', 'delete'] as const;
/** POST requests that change nothing. */
const READS_BY_POST = ['/api/search'];

/** The `fetch` of a browser rejects a call as a method of another object, which is how ky calls it. */
const platformFetch: typeof fetch = (input, init) => fetch(input, init);

/** Returns the function that every request to the api at `base` goes through. */
export function createSend(
  base: string,
  { token, retries = 3, maxRetryAfterMs = 10_000, timeoutMs = 120_000, fetch: send = platformFetch }: SendOptions,
): Send {
  const reads = READS_BY_POST.map((path) => urlOf(base, path).pathname);
  const http: KyInstance = ky.create({
    fetch: send,
    timeout: timeoutMs,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const retry = {
    statusCodes: REPEATED,
    afterStatusCodes: REPEATED,
    maxRetryAfter: maxRetryAfterMs,
    backoffLimit: maxRetryAfterMs,
    jitter: true,
  };
  return async (request, { retry: limit = retries, ...options } = {}) => {
    const isRead = reads.includes(new URL(request.url).pathname);
    const methods = isRead || request.headers.has('idempotency-key') ? (['post'] as const) : IDEMPOTENT;
    try {
      return await http(request, { ...options, retry: { ...retry, limit, methods: [...methods] } });
    } catch (error) {
      throw failureOf(error, request);
    }
  };
}

function failureOf(error: unknown, request: Request): unknown {
  if (error instanceof HTTPError) return new ApiProblem(error.response.status, error.response.headers, error.data);
  const { origin } = new URL(request.url);
  if (error instanceof TimeoutError) return new ApiUnreachable(`${origin} did not answer in time`, { cause: error });
  if (!(error instanceof NetworkError)) return error;
  return new ApiUnreachable(`no answer from ${origin}: ${reasonOf(error)}`, { cause: error });
}

/** Returns the message of the innermost cause, which names the address and the error of the operating system. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
