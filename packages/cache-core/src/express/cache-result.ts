import type { Request, RequestHandler, Response } from 'express';
import fresh from 'fresh';
import type { CacheManager } from '../cache-manager.ts';
import type { LoadContext } from '../engine/load-context.ts';
import type { Answer } from '../engine/reader.ts';
import { InvalidArgument } from '../errors.ts';
import { buildKey } from '../key.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { cacheStatus } from './cache-status.ts';
import { type RequestView, Targets } from './targets.ts';

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

export interface ExpressCacheOptions {
  /** Headers that every cached answer carries beside its own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Caching for Express routes.
 *
 * Invariant: the key covers everything the handler may read, because the handler is given nothing but the key's input.
 */
export function expressCache(
  cache: CacheManager,
  { headers = {} }: ExpressCacheOptions = {},
): {
  cacheResult<Input = RequestView>(
    options?: CacheResultOptions<Input>,
  ): (handler: CachedHandler<Input>) => RequestHandler;
  invalidateCache(prefix: string): Promise<number>;
} {
  return {
    cacheResult: (options) => (handler) => cachedRoute(cache, options ?? {}, handler, headers),
    invalidateCache: (prefix) => cache.clearPattern(`${prefix}:*`),
  };
}

function cachedRoute<Input>(
  cache: CacheManager,
  options: CacheResultOptions<Input>,
  handler: CachedHandler<Input>,
  headers: Readonly<Record<string, string>>,
): RequestHandler {
  const { timeout = 300, keyPrefix: prefix = 'cache', name = handler.name, input, ...times } = options;
  if (name === '')
    throw new InvalidArgument('cacheResult', 'a handler that is a named function, or the option name', 'none');
  const policy = resolvePolicy({ ...times, freshFor: timeout * 1_000 });
  buildKey({ prefix, name, params: null });
  const targets = new Targets({ prefix, name, input: input ?? ((view) => view as Input) });
  return async (request, response) => {
    const { key, recipe, wantsCache } = targets.of(request);
    const load = (context: LoadContext) => handler(recipe.params, context);
    const answer = wantsCache
      ? (cache.hit(key, load, policy, recipe) ?? (await cache.read(key, load, policy, recipe)))
      : await cache.bypass(key, load, policy);
    send(request, response, answer, headers);
  };
}

/**
 * `Cache-Control: no-cache`: what a cache downstream keeps can't be recalled by an invalidation, so it has to ask, and
 * is told 304 where nothing changed.
 */
function send(
  request: Request,
  response: Response,
  { kept: { entry }, outcome }: Answer,
  headers: Readonly<Record<string, string>>,
): void {
  const etag = `"${entry.etag}"`;
  const about = {
    ...headers,
    'Cache-Status': cacheStatus(outcome),
    Age: Math.floor(outcome.ageMs / 1_000),
    ETag: etag,
    'Cache-Control': 'no-cache',
  };
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) {
    response.writeHead(304, about).end();
    return;
  }
  response
    .writeHead(200, {
      ...about,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': entry.body.length,
    })
    .end(entry.body);
}
