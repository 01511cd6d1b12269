import type { RequestHandler } from 'express';
import type { CacheManager } from '../cache-manager.ts';
import type { Load } from '../engine/load.ts';
import type { LoadContext } from '../engine/load-context.ts';
import type { Answer } from '../model/answer.ts';
import { InvalidArgument } from '../model/errors.ts';
import { buildKey } from '../model/key.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import { ContentCodings } from './content-coding.ts';
import { contextOfHandler } from './handler-context.ts';
import type { RequestView } from './request-view.ts';
import { defaultName, routeNamesOf } from './route-names.ts';
import { type CacheResultOptions, resolveRoute } from './route-options.ts';
import { fixedHeaders, sendAnswer } from './send-answer.ts';
import { Targets } from './targets.ts';

/** Computes the answer, any JSON value. An error that it throws goes to Express's error handling and is not cached. */
export type CachedHandler<Input> = (input: Input, context: LoadContext) => unknown;

/** Options of all cached routes of one application. */
export interface ExpressCacheOptions {
  /** Headers that every cached answer carries in addition to its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether answers are also stored compressed, for clients that accept a content coding. Default true. */
  readonly compress?: boolean;
}

const OPTIONS = ['headers', 'compress'] as const satisfies (keyof ExpressCacheOptions)[];

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
  const { headers = {}, compress = true } = options;
  if (typeof compress !== 'boolean') throw new InvalidArgument('expressCache compress', 'true or false', compress);
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
        return cachedRoute(cache, new Targets(named), { handler, policy, ...application, vary: about.vary });
      };
    },
    invalidateCache: (prefix) => cache.clearPattern(`${prefix}:*`),
    forgetRoutes: () => routeNamesOf(cache).release(application),
  };
}

interface CachedRoute<Input> {
  readonly handler: CachedHandler<Input>;
  readonly policy: ResolvedPolicy;
  readonly vary: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Null if this route does not compress. */
  readonly codings: ContentCodings | null;
}

function cachedRoute<Input>(
  cache: CacheManager,
  targets: Targets<Input>,
  { handler, policy, codings, headers, vary }: CachedRoute<Input>,
): RequestHandler {
  const { reader } = cache.internal;
  const fixed = fixedHeaders(headers, codings ? [...vary, 'accept-encoding'] : vary);
  return async (request, response) => {
    const { key, recipe, input, wantsCache } = targets.of(request);
    const load: Load = async (context) => defined(key, await handler(input, contextOfHandler(context)));
    const answer = wantsCache
      ? (reader.hit(key, load, policy, recipe) ?? (await reader.read(key, load, policy, recipe)))
      : await reader.bypass(key, load, policy);
    const acceptedEncodings = codings?.acceptedEncodings(request.headers['accept-encoding']) ?? [];
    const { sent } = sendAnswer(request, response, answer, { acceptedEncodings, ...fixed });
    const [best] = acceptedEncodings;
    if (best && sent === 'body' && isFromCache(answer)) cache.internal.compress(answer.cached, best);
  };
}

/** A loaded answer is not compressed: many are never requested again, and to compress one costs more than to load many. */
function isFromCache({ outcome: { outcome } }: Answer): boolean {
  return outcome === 'hit' || outcome === 'stale';
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
