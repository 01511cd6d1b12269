import type { Request, RequestHandler, Response } from 'express';
import fresh from 'fresh';
import type { CacheManager } from '../cache-manager.ts';
import type { LoadContext } from '../engine/load.ts';
import type { Answer } from '../engine/reader.ts';
import { InvalidArgument } from '../errors.ts';
import { buildKey } from '../key.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { cacheStatus } from './cache-status.ts';

/** All that a cached handler can see of a request. `query` comes without `cache`. */
export interface RequestView {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface CacheResultOptions<Input> extends Omit<Policy, 'freshFor'> {
  /** Seconds that an answer is fresh. Default 300. */
  readonly timeout?: number;
  /** First segment of the keys, and what `invalidateCache` clears. Default `cache`. */
  readonly keyPrefix?: string;
  /** Second segment of the keys. Default: the handler's own name. */
  readonly name?: string;
  /** Makes the handler's input from the request: validated, with defaults filled in. It is what the key is made of. */
  readonly input?: (view: RequestView) => Input;
}

/** Computes the answer, any JSON value. What it throws goes to Express's error handling and is not cached. */
export type CachedHandler<Input> = (input: Input, context: LoadContext) => unknown;

/**
 * Caching for Express routes.
 *
 * Invariant: the key covers everything the handler may read, because the handler is given nothing but the key's input.
 */
export function expressCache(cache: CacheManager): {
  cacheResult<Input = RequestView>(
    options?: CacheResultOptions<Input>,
  ): (handler: CachedHandler<Input>) => RequestHandler;
  invalidateCache(prefix: string): Promise<number>;
} {
  return {
    cacheResult: (options) => (handler) => cachedRoute(cache, options ?? {}, handler),
    invalidateCache: (prefix) => cache.clearPattern(`${prefix}:*`),
  };
}

function cachedRoute<Input>(
  cache: CacheManager,
  options: CacheResultOptions<Input>,
  handler: CachedHandler<Input>,
): RequestHandler {
  const { timeout = 300, keyPrefix: prefix = 'cache', name = handler.name } = options;
  if (name === '')
    throw new InvalidArgument('cacheResult', 'a handler that is a named function, or the option name', 'none');
  const policy = resolvePolicy({ ...options, freshFor: timeout * 1_000 });
  buildKey({ prefix, name, params: null });
  return async (request, response) => {
    const { wantsCache, view } = viewOf(request);
    const params = options.input ? options.input(view) : (view as Input);
    const key = buildKey({ prefix, name, params });
    const recipe = { prefix, name, params };
    const load = (context: LoadContext) => handler(params, context);
    if (!wantsCache) return send(request, response, await cache.bypass(key, load, policy));
    send(request, response, cache.hit(key, recipe) ?? (await cache.read(key, load, policy, recipe)));
  };
}

function viewOf(request: Request): { wantsCache: boolean; view: RequestView } {
  const { cache, ...query } = request.query;
  return { wantsCache: cache !== 'false', view: { params: request.params, query, body: request.body } };
}

/**
 * `Cache-Control: no-cache`: what a cache downstream keeps can't be recalled by an invalidation, so it has to ask, and
 * is told 304 where nothing changed.
 */
function send(request: Request, response: Response, { kept: { entry }, outcome }: Answer): void {
  const etag = `"${entry.etag}"`;
  const headers = {
    'Cache-Status': cacheStatus(outcome),
    Age: String(Math.floor(outcome.ageMs / 1_000)),
    ETag: etag,
    'Cache-Control': 'no-cache',
  };
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) {
    response.writeHead(304, headers).end();
    return;
  }
  response
    .writeHead(200, {
      ...headers,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': entry.body.length,
    })
    .end(entry.body);
}
