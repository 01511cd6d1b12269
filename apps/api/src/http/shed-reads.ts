import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type CachedOperationId, everyRoute, type OperationId, ROUTES, type Route } from '@pilotlight/contracts/http';
import type { Origin } from '@pilotlight/origin';
import { originOf, RECIPES } from '@pilotlight/recipes';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { TryLater } from '../errors.ts';
import { problemBody, problemHeaders } from './problem.ts';
import type { ReadQueue } from './read-queue.ts';
import { identify, REQUEST_ID } from './request-id.ts';
import { pathOf } from './request-target.ts';

const RETRY_AFTER_MS = 1_000;
const REFUSED = new TryLater(
  'ORIGIN_OVERLOADED',
  'expected the api to keep up with its reads, but those that are not cached wait for this process; send fewer of them',
  RETRY_AFTER_MS,
);
const HEADERS = Object.entries(problemHeaders(REFUSED)).flatMap(([name, value]) => [name, String(value)]);

/** The requests that have had their turn, or need none. */
const admitted = new WeakSet<IncomingMessage>();

/** Returns a listener that passes requests on, so that `queueRead` does not queue them again. */
export function admit(listener: RequestListener): RequestListener {
  return (request, response) => {
    admitted.add(request);
    listener(request, response);
  };
}

export interface ShedReadsOptions {
  readonly queue: ReadQueue;
  /** Returns whether a read may be refused here. Express answers the others at once, mostly with another refusal. */
  readonly mayRefuse: (request: IncomingMessage) => boolean;
  readonly deps: Pick<Deps, 'cache' | 'origin' | 'onAnswered'>;
}

/**
 * Returns a listener that passes the requests of cached routes on in turn, and refuses them with 503 in an overload: without Express,
 * lookups and an error with a stack trace. Other requests are passed on at once. Give it to the fast path as `onMiss`.
 */
export function shedReads(listener: RequestListener, { queue, mayRefuse, deps }: ShedReadsOptions): RequestListener {
  const { cache, origin, onAnswered } = deps;
  const cached = cachedRoutes(origin);
  const run = admit(listener);
  return (request, response) => {
    const beganAt = performance.now();
    const { method = '', url = '' } = request;
    const path = pathOf(url);
    const name = cached.get(`${method} ${path}`);
    if (name === undefined || !mayRefuse(request)) return listener(request, response);
    if (queue.offer(() => run(request, response), isFull(cache, name))) return;
    const bytes = refuse(request, response);
    const { status } = REFUSED;
    const durationMs = performance.now() - beganAt;
    const answer = { status, outcome: null, tier: null, durationMs, bytes, isCutOff: false };
    onAnswered({ ...answer, route: path, method, path, requestId: request.id, way: 'shed' });
  };
}

/**
 * Returns the handler before a cached route that runs a read in turn, or refuses it, unless it is admitted. Express matches more paths
 * than `shedReads` does, such as `/api/stats/` and `/API/stats`, and they must not be a way around the queue.
 */
export function queueRead(
  id: CachedOperationId,
  { cache, origin, readQueue }: Pick<Deps, 'cache' | 'origin' | 'readQueue'>,
): RequestHandler {
  const name = originOf(RECIPES[ROUTES[id].cached], origin);
  return (request, _response, next) => {
    if (admitted.has(request)) return next();
    // A trace continues in the turn of its request.
    if (
      !readQueue.offer(
        AsyncResource.bind(() => next()),
        isFull(cache, name),
      )
    )
      throw REFUSED;
  };
}

function isFull({ internal }: Deps['cache'], origin: string): boolean {
  return internal.engine.origins.get(origin)?.isFull === true;
}

/** Returns the origin of each cached route, by method and path. These paths have no parameters. */
function cachedRoutes(origin: Origin): ReadonlyMap<string, string> {
  const routes = everyRoute().filter(isCached);
  return new Map(
    routes.flatMap(({ id, method, path }) => {
      const name = originOf(RECIPES[ROUTES[id].cached], origin);
      return methodsOf(method).map((each) => [`${each} ${path}`, name] as const);
    }),
  );
}

/** Whether the route is one whose reads are queued. */
export const isCached = <R extends Route & { readonly id: OperationId }>(
  route: R,
): route is R & { readonly id: CachedOperationId } => route.cached !== null;

const methodsOf = (method: string): readonly string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

/** Answers with 503. Returns the bytes of the body. */
function refuse(request: IncomingMessage, response: ServerResponse): number {
  const id = identify(request);
  const body = problemBody(REFUSED, id);
  const length = Buffer.byteLength(body);
  response.writeHead(REFUSED.status, [...HEADERS, 'Content-Length', String(length), REQUEST_ID, id]);
  response.end(body);
  // The fast path may have read the body and put it back; the next request of the connection comes after it.
  request.resume();
  return length;
}
