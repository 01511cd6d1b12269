import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { CacheManager } from '../cache-manager.ts';
import type { Load } from '../engine/load.ts';
import type { LoadContext } from '../engine/load-context.ts';
import { InvalidArgument } from '../model/errors.ts';
import { buildKey, type CacheKey } from '../model/key.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { minPositionOfRequest } from './cache-position.ts';
import { CachedRoute } from './cached-route.ts';
import { ContentCodings } from './content-coding.ts';
import { contextOfHandler } from './handler-context.ts';
import { fixedHeaders } from './prepared-answer.ts';
import type { RequestView } from './request-view.ts';
import { defaultName, routeNamesOf } from './route-names.ts';
import { type CacheResultOptions, resolveRoute } from './route-options.ts';
import { noteSent } from './sent-answers.ts';
import { isAsSent, teach } from './shortcuts.ts';
import { type Route, Targets } from './targets.ts';

/** Computes the answer, any JSON value. An error that it throws goes to Express's error handling and is not cached. */
export type CachedHandler<Input> = (input: Input, context: LoadContext) => unknown;

/** Options of all cached routes of one application. */
export interface ExpressCacheOptions {
  /** Headers that every cached answer carries in addition to its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether answers are also stored compressed, for clients that accept a content coding. Default true. */
  readonly compress?: boolean;
  /**
   * Whether answers carry `Cache-Groups` (RFC 9875) with the prefixes of their key and their tags, which every reader then sees.
   * Writes announce the same groups with `cacheGroupInvalidation`. Default false.
   */
  readonly groups?: boolean;
  /** Returns whether the client of a request may see the key in `Cache-Status`, as an administrator may. Defaults to none. */
  readonly showKey?: (request: IncomingMessage) => boolean;
}

const OPTIONS = ['headers', 'compress', 'groups', 'showKey'] as const satisfies (keyof ExpressCacheOptions)[];

/** The result of `expressCache` for one application. */
export interface ExpressCache {
  /** Makes a cached route: `app.get(path, cacheResult(options)(handler))`. */
  cacheResult<Input = RequestView>(
    options?: CacheResultOptions<Input>,
  ): (handler: CachedHandler<Input>) => RequestHandler;
  /**
   * Invalidates the routes under a prefix and returns how many keys it removed. Rejects with `InvalidationPending` if that
   * could not be announced.
   */
  invalidateCache(prefix: string): Promise<number>;
  /** Frees the names of the routes made here, for an application that is built again over the same cache, as on hot reload. */
  forgetRoutes(): void;
}

/**
 * Caching for Express routes.
 *
 * Invariant: the key covers everything that the handler may read, because the handler receives only the key's input.
 */
export function expressCache(cache: CacheManager, options: ExpressCacheOptions = {}): ExpressCache {
  if (typeof cache?.invalidate !== 'function') throw new InvalidArgument('expressCache cache', 'a CacheManager', cache);
  assertKnownOptions('expressCache', options, OPTIONS);
  const { headers = {}, compress = true, groups = false, showKey = null } = options;
  if (typeof compress !== 'boolean') throw new InvalidArgument('expressCache compress', 'true or false', compress);
  if (typeof groups !== 'boolean') throw new InvalidArgument('expressCache groups', 'true or false', groups);
  if (showKey !== null && typeof showKey !== 'function')
    throw new InvalidArgument('expressCache showKey', 'a function of the request', showKey);
  assertHeaders(headers);
  const application = { headers, codings: compress ? new ContentCodings() : null };
  return {
    cacheResult: <Input>(route: CacheResultOptions<Input> = {}) => {
      const { name, policy, ...about } = resolveRoute(route);
      return (handler: CachedHandler<Input>) => {
        assertHandler(handler);
        const named = { ...about, name: name ?? defaultName(handler) };
        buildKey({ ...named, params: null }); // rejects a prefix, name or version that cannot be used
        routeNamesOf(cache).claim(named, handler, application);
        const { codings } = application;
        const vary = codings ? [...about.vary, 'accept-encoding'] : about.vary;
        const fixed = fixedHeaders(headers, vary, groups);
        return expressHandler(new CachedRoute({ cache, policy, fixed, codings, showKey }), named, handler);
      };
    },
    invalidateCache: (prefix) => cache.clearPattern(`${prefix}:*`),
    forgetRoutes: () => routeNamesOf(cache).release(application),
  };
}

function expressHandler<Input>(route: CachedRoute, named: Route<Input>, handler: CachedHandler<Input>): RequestHandler {
  const loadOf = (key: CacheKey, input: Input): Load => {
    return async (context) => defined(key, await handler(input, contextOfHandler(context)));
  };
  const targets = new Targets(named, loadOf);
  return async (request, response) => {
    const target = targets.of(request);
    if (target.wantsCache && targets.isPure(request) && isAsSent(request))
      teach(request, { route, target, pattern: patternOf(request) });
    const answer = await route.read(request, target, minPositionOfRequest(request));
    noteSent(response, route.send(request, response, answer));
  };
}

/** Returns the path of the route as registered; null if it was registered as a list or a regular expression. */
function patternOf({ baseUrl, route }: Request): string | null {
  const path: unknown = route?.path;
  return typeof path === 'string' ? baseUrl + path : null;
}

/** Without this check, middleware in this place would receive a request from Express and never answer it. */
function assertHandler(handler: unknown): void {
  const write = 'write app.get(path, cacheResult(options)(async function report({ query }) { return … }))';
  if (typeof handler !== 'function')
    throw new InvalidArgument(
      'cacheResult(options)(handler)',
      'a function that returns the answer',
      handler,
      `${write}, not app.get(path, cacheResult(options), handler)`,
    );
  if (handler.length > 2)
    throw new InvalidArgument(
      'cacheResult(options)(handler)',
      'a handler (input, context) that returns its answer',
      `a function of ${handler.length} parameters`,
      write,
    );
}

function assertHeaders(headers: unknown): void {
  const isObject = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
  if (!isObject || !Object.values(headers).every((value) => typeof value === 'string'))
    throw new InvalidArgument('expressCache headers', 'an object of texts', headers);
}

/** `undefined` has no JSON form, so it has no body to send. */
function defined(key: string, value: unknown): unknown {
  if (value === undefined)
    throw new InvalidArgument(`the handler of ${key}`, 'a JSON value', value, 'return null for "nothing"');
  return value;
}
