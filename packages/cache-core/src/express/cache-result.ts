import type { RequestHandler } from 'express';
import type { CacheManager } from '../cache-manager.ts';
import type { Load } from '../engine/load.ts';
import type { LoadContext } from '../engine/load-context.ts';
import { InvalidArgument } from '../errors.ts';
import { buildKey } from '../key.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { ContentCodings, ENCODINGS } from './content-coding.ts';
import type { RequestView } from './request-view.ts';
import { sendAnswer } from './send-answer.ts';
import { Targets } from './targets.ts';

/** One cached route: the policy of its answers (`timeout` is its `freshFor`, in seconds), and what its key is made of. */
export interface CacheResultOptions<Input> extends Omit<Policy, 'freshFor'> {
  /** Seconds that an answer is fresh. Default 300. */
  readonly timeout?: number;
  /** First segment of the keys, and what `invalidateCache` clears. Default `cache`. */
  readonly keyPrefix?: string;
  /** Second segment of the keys. Default: the handler's own name. */
  readonly name?: string;
  /** To be raised when the form of the answer changes: two versions that run side by side have keys of their own. Default 0. */
  readonly version?: number;
  /** Request headers that the input is made of, and the answer's `Vary` names. Default: none. */
  readonly vary?: readonly string[];
  /** Makes the handler's input from the request: validated, with defaults filled in. It is what the key is made of. */
  readonly input?: (view: RequestView) => Input;
}

/** Computes the answer, any JSON value. What it throws goes to Express's error handling and is not cached. */
export type CachedHandler<Input> = (input: Input, context: LoadContext) => unknown;

/** What holds for all cached routes of one application. */
export interface ExpressCacheOptions {
  /** Headers that every cached answer carries beside its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether answers are also kept compressed, for readers that take them so. Default true. */
  readonly compress?: boolean;
}

/**
 * Caching for Express routes.
 *
 * Invariant: the key covers everything the handler may read, because the handler is given nothing but the key's input.
 */
export function expressCache(
  cache: CacheManager,
  options: ExpressCacheOptions = {},
): {
  cacheResult<Input = RequestView>(
    options?: CacheResultOptions<Input>,
  ): (handler: CachedHandler<Input>) => RequestHandler;
  invalidateCache(prefix: string): Promise<number>;
} {
  const codings = new ContentCodings();
  return {
    cacheResult: (route) => (handler) => cachedRoute(cache, route ?? {}, handler, { ...options, codings }),
    invalidateCache: (prefix) => cache.clearPattern(`${prefix}:*`),
  };
}

function cachedRoute<Input>(
  cache: CacheManager,
  options: CacheResultOptions<Input>,
  handler: CachedHandler<Input>,
  { headers = {}, compress = true, codings }: ExpressCacheOptions & { codings: ContentCodings },
): RequestHandler {
  const { timeout = 300, keyPrefix: prefix = 'cache', name = handler.name, version = 0, input, ...rest } = options;
  const { vary: named = [], ...times } = rest;
  if (name === '')
    throw new InvalidArgument('cacheResult', 'a handler that is a named function, or the option name', 'none');
  const policy = resolvePolicy({ ...times, freshFor: timeout * 1_000 });
  buildKey({ prefix, name, version, params: null });
  const vary = named.map((header) => header.toLowerCase());
  const targets = new Targets({ prefix, name, version, vary, input: input ?? null });
  const varies = compress ? [...vary, 'accept-encoding'] : vary;
  const allHeaders = varies.length > 0 ? { ...headers, Vary: varies.join(', ') } : headers;
  return async (request, response) => {
    const { key, recipe, input, wantsCache } = targets.of(request);
    const load: Load = async (context) => given(key, await handler(input, context));
    const answer = wantsCache
      ? (cache.hit(key, load, policy, recipe) ?? (await cache.read(key, load, policy, recipe)))
      : await cache.bypass(key, load, policy);
    const welcome = compress ? codings.welcome(request.headers['accept-encoding']) : [];
    if (welcome.length > 0 && wantsCache) cache.compress(answer.kept, ENCODINGS);
    sendAnswer(request, response, answer, { welcome, headers: allHeaders });
  };
}

/** `undefined` has no JSON, so no body that a reader could take for an answer. */
function given(key: string, value: unknown): unknown {
  if (value === undefined)
    throw new InvalidArgument(`the handler of ${key}`, 'a JSON value', value, 'return null for "nothing"');
  return value;
}
