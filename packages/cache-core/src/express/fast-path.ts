import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CacheManager } from '../cache-manager.ts';
import type { Answer } from '../model/answer.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import type { SentAnswer } from './send-answer.ts';
import { type CachedMethod, idWithBody, type Shortcut, Shortcuts } from './shortcuts.ts';
import { readBody } from './small-body.ts';

/** Options of `fastPath`. `allow` is required. */
export interface FastPathOptions {
  /**
   * Returns whether the fast path may answer this request. It has to return false for each request that middleware before the
   * cached routes would refuse or answer otherwise, such as one without a valid token: Express then decides. Called before each
   * answer, so keep it fast. It must not throw. There is no default, because it replaces that middleware.
   */
  readonly allow: (request: IncomingMessage) => boolean;
  /**
   * Returns headers of one answer, names and values in turn, such as a request id. They must not be headers that the answer has
   * already. Defaults to none.
   */
  readonly headers?: (request: IncomingMessage) => readonly string[];
  /**
   * Receives, in place of `app`, the requests that the fast path does not answer and that probably need a load: a service can refuse
   * some of them in an overload. `app` still receives those that the cache may answer without a new load: from a stale entry, after
   * verifying an entry, or from a load in progress. Defaults to `app`.
   */
  readonly onMiss?: RequestListener;
  /** Called after each answer of the fast path, for logs and metrics. It must not throw. */
  readonly onAnswer?: (request: IncomingMessage, answer: FastAnswer) => void;
  /** Larger bodies go to Express unread. Default 16,384. */
  readonly maxBodyBytes?: number;
}

/** One answer of the fast path. */
export interface FastAnswer extends SentAnswer {
  /** The path pattern of the route, as registered with Express; null for a list or a regular expression. */
  readonly route: string | null;
  /** `performance.now()` at the arrival of the request. */
  readonly beganAt: number;
}

const OPTIONS = ['allow', 'headers', 'onMiss', 'onAnswer', 'maxBodyBytes'] as const satisfies (keyof FastPathOptions)[];
const MAX_BODY_BYTES = 16_384;
const MAX_URL_LENGTH = 2_000;
/** A shortcut is useful while its entry is in memory, so their bytes follow from those of the memory tier. */
const SHORTCUT_SHARE = 1 / 4;
const MIN_SHORTCUT_BYTES = 4 * 1_024 * 1_024;
const NOTHING: readonly string[] = [];

/**
 * Returns a listener for `node:http` that answers hits of the cached routes of an application without calling Express:
 * `createServer(fastPath(app, cache, { allow }))`.
 *
 * It answers from memory, or from the shared tier if memory has no entry; a request that the shared tier cannot answer goes to
 * Express with the result of its lookup, so that the tier is asked once.
 *
 * It answers only a request for which Express has found the target before: one with the same method, URL and body. It answers
 * with the same bytes and headers. Everything else goes to `app`: other requests, misses, stale answers and errors. With
 * `onMiss`, `app` gets only stale answers and the like.
 */
export function fastPath(app: RequestListener, cache: CacheManager, options: FastPathOptions): RequestListener {
  if (typeof app !== 'function') throw new InvalidArgument('fastPath app', 'an Express application', app);
  if (typeof cache?.invalidate !== 'function') throw new InvalidArgument('fastPath cache', 'a CacheManager', cache);
  assertKnownOptions('fastPath', options ?? {}, OPTIONS);
  if (typeof options?.allow !== 'function')
    throw new InvalidArgument(
      'fastPath allow',
      'a function of the request',
      options?.allow,
      'return true for requests that the middleware before the cached routes lets through; it is skipped',
    );
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 0)
    throw new InvalidArgument('fastPath maxBodyBytes', 'a number of bytes', maxBodyBytes);
  if (options.onMiss !== undefined && typeof options.onMiss !== 'function')
    throw new InvalidArgument('fastPath onMiss', 'a listener', options.onMiss);
  const path = new FastPath(app, cache, options, maxBodyBytes);
  return (request, response) => path.handle(request, response);
}

class FastPath {
  readonly #app: RequestListener;
  readonly #onMiss: RequestListener;
  readonly #cache: CacheManager;
  readonly #options: FastPathOptions;
  readonly #maxBodyBytes: number;
  readonly #shortcuts: Shortcuts;

  constructor(app: RequestListener, cache: CacheManager, options: FastPathOptions, maxBodyBytes: number) {
    this.#app = app;
    this.#onMiss = options.onMiss ?? app;
    this.#cache = cache;
    this.#options = options;
    this.#maxBodyBytes = maxBodyBytes;
    const { maxBytes } = cache.internal.engine.memory;
    this.#shortcuts = new Shortcuts(Math.max(MIN_SHORTCUT_BYTES, maxBytes * SHORTCUT_SHARE));
  }

  handle(request: IncomingMessage, response: Response): void {
    this.#take(request, response)?.(request, response);
  }

  /** Answers the request, or begins to read its body, and returns null. Otherwise returns the listener that has to answer it. */
  #take(request: IncomingMessage, response: Response): RequestListener | null {
    const beganAt = performance.now();
    const { method, url = '' } = request;
    if (url.length > MAX_URL_LENGTH) return this.#onMiss;
    if (method === 'GET' || method === 'HEAD')
      return hasNoBody(request) ? this.#answer(request, response, method, url, beganAt) : this.#onMiss;
    if (method !== 'POST' || !this.#hasSmallBody(request)) return this.#onMiss;
    if (!this.#shortcuts.takesBody(url)) {
      this.#shortcuts.expectBody(request, url);
      return this.#onMiss;
    }
    if (!this.#options.allow(request)) return this.#onMiss;
    this.#answerBody(request, response, url, beganAt);
    return null;
  }

  #answer(
    request: IncomingMessage,
    response: Response,
    method: CachedMethod,
    id: string,
    beganAt: number,
  ): RequestListener | null {
    const shortcut = this.#shortcuts.get(method, id);
    if (shortcut !== undefined) return this.#hit(request, response, shortcut, beganAt);
    this.#shortcuts.expect(request, method, id);
    return this.#onMiss;
  }

  #answerBody(request: IncomingMessage, response: Response, url: string, beganAt: number): void {
    readBody(request, (body) => {
      // A server that shuts down answers for requests whose body is not there in time.
      if (response.writableEnded) return;
      const id = idWithBody(url, request.headers['content-type'], body);
      const next = this.#answer(request, response, 'POST', id, beganAt);
      if (response.writableEnded) return;
      // Before any wait, because the request then emits `end`.
      request.unshift(body);
      next?.(request, response);
    });
  }

  /** Answers from the cache, or begins to ask the shared tier, and returns null. Otherwise returns the listener that has to answer. */
  #hit(request: IncomingMessage, response: Response, shortcut: Shortcut, beganAt: number): RequestListener | null {
    const { route, target } = shortcut;
    if (!this.#options.allow(request) || route.cache !== this.#cache) return this.#onMiss;
    const answer = route.hit(target);
    if (answer !== null) {
      this.#send(request, response, { answer, shortcut, beganAt });
      return null;
    }
    const next = () => (route.mayAnswerWithoutLoad(target) ? this.#app : this.#onMiss);
    const asked = route.sharedHit(request, target);
    if (asked === null) return next();
    const answerFound = (found: Answer | null) => {
      // As after a body: see `#answerBody`.
      if (response.writableEnded) return;
      if (found === null) next()(request, response);
      else this.#send(request, response, { answer: found, shortcut, beganAt });
    };
    // Express reads the key again, and reports the error if it meets it, too.
    void asked.catch(() => null).then(answerFound);
    return null;
  }

  #send(
    request: IncomingMessage,
    response: Response,
    { answer, shortcut, beganAt }: { answer: Answer; shortcut: Shortcut; beganAt: number },
  ): void {
    const { headers, onAnswer } = this.#options;
    const { outcome, status, bytes } = shortcut.route.send(request, response, answer, {
      extra: headers?.(request) ?? NOTHING,
      isDirect: true,
    });
    // Discards a body that was given back.
    if (request.readableLength > 0) request.resume();
    onAnswer?.(request, { outcome, status, bytes, route: shortcut.pattern, beganAt });
  }

  #hasSmallBody({ headers }: IncomingMessage): boolean {
    const length = Number(headers['content-length'] ?? 0);
    return (
      length > 0 &&
      length <= this.#maxBodyBytes &&
      headers['transfer-encoding'] === undefined &&
      headers['content-encoding'] === undefined &&
      !isUnusual(headers)
    );
  }
}

type Response = ServerResponse & { req: IncomingMessage };

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined && !isUnusual(headers);
}

/** Whether a request asks for more than a usual read: `Expect`, or a minimum position, which may need the log or a load. */
function isUnusual(headers: IncomingHttpHeaders): boolean {
  return headers.expect !== undefined || headers['cache-position'] !== undefined;
}
