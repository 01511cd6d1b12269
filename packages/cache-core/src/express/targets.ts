import { isDeepStrictEqual } from 'node:util';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { Load } from '../engine/load.ts';
import { buildKey, type CacheKey } from '../model/key.ts';
import type { Recipe } from '../ports/hot-key-store.ts';
import { guarded, type RequestView, viewOf } from './request-view.ts';
import type { ResolvedRoute } from './route-options.ts';

/** The answer that a request asks for. */
export interface Target {
  readonly key: CacheKey;
  /** How to compute the answer again. Null if the route has not opted in to warming. */
  readonly recipe: Recipe | null;
  /** Calls the route's handler with the input. */
  readonly load: Load;
  readonly wantsCache: boolean;
}

export type Route<Input> = Omit<ResolvedRoute<Input>, 'policy' | 'name'> & { readonly name: string };

/** The remembered target of a URL. */
interface Known<Input> {
  /** The parameters of the request that the target was made for. */
  readonly params: RequestView['params'];
  readonly target: Target;
  /** The input of the target's key, deeply frozen. */
  readonly keyed: Input;
}

const MAX_KNOWN = 1_000;
/** The targets of longer URLs and larger inputs are computed each time, so that a route remembers a few megabytes at most. */
const MAX_KNOWN_URL_LENGTH = 500;
const MAX_KNOWN_INPUT_LENGTH = 4_096;

/**
 * Computes the key that a request of one route asks for, once for equal requests: hashing costs more than the rest of a hit.
 *
 * Invariant: only equal inputs share a key. The route's `input` is called for each request, because it may depend on more than
 * the request, such as the time of day, unless `pureInput` says that it does not.
 */
export class Targets<Input> {
  readonly #route: Route<Input>;
  readonly #loadOf: (key: CacheKey, input: Input) => Load;
  readonly #known = new LRUCache<string, Known<Input>>({ max: MAX_KNOWN });

  /** @param loadOf returns the load of a key, which computes the answer to this input as the handler receives it */
  constructor(route: Route<Input>, loadOf: (key: CacheKey, input: Input) => Load) {
    this.#route = route;
    this.#loadOf = loadOf;
  }

  /** Rethrows the error of the route's `input`, which may reject the request. */
  of(request: Request): Target {
    const { url, body } = request;
    const isKnowable = !takesBody(request) && body === undefined;
    const known = isKnowable && url.length <= MAX_KNOWN_URL_LENGTH ? this.#known.get(url) : undefined;
    if (known && this.isPure(request) && isDeepStrictEqual(request.params, known.params)) return known.target;
    const { view, wantsCache } = viewOf(request, this.#route.vary);
    const input = this.#inputOf(view);
    if (known?.target.wantsCache === wantsCache && isDeepStrictEqual(input, known.keyed)) return known.target;
    const worked = this.#targetOf(input, view.params, wantsCache);
    if (isKnowable && url.length <= MAX_KNOWN_URL_LENGTH && isSmall(input)) this.#known.set(url, worked);
    return worked.target;
  }

  /**
   * Whether the handler's input depends only on the URL, the path's parameters and the body. Express parses `query` from `url`,
   * not from `originalUrl`; middleware that sets `query` makes it a member of the request.
   */
  isPure(request: Request): boolean {
    const { input, pureInput, vary } = this.#route;
    if (!takesBody(request) && request.body !== undefined) return false;
    return (input === null || pureInput) && vary.length === 0 && !Object.hasOwn(request, 'query');
  }

  #inputOf(view: RequestView): Input {
    const { vary, input } = this.#route;
    return input ? input(guarded(view)) : (withoutHeaders(view, vary) as Input);
  }

  #targetOf(raw: Input, params: RequestView['params'], wantsCache: boolean): Known<Input> {
    const { prefix, name, version, input, warm } = this.#route;
    const key = buildKey({ prefix, name, version, params: raw }); // rejects values that are not JSON, such as a Buffer
    const keyed = frozenCopy(raw) as Input;
    const target = {
      key,
      recipe: warm ? { prefix, name, params: keyed } : null,
      load: this.#loadOf(key, input ? keyed : (guarded(keyed as object) as Input)),
      wantsCache,
    };
    return { target, keyed, params: Object.assign(Object.create(Object.getPrototypeOf(params)), params) };
  }
}

const takesBody = ({ method }: Request): boolean => method !== 'GET' && method !== 'HEAD';

/** The key of a route without `vary` contains no headers. */
function withoutHeaders({ headers, ...rest }: RequestView, vary: readonly string[]): object {
  return vary.length > 0 ? { ...rest, headers } : rest;
}

function isSmall(input: unknown): boolean {
  return (JSON.stringify(input) ?? '').length <= MAX_KNOWN_INPUT_LENGTH;
}

/**
 * Returns a deeply frozen copy of a JSON value, so that its owner can still change the value. Keeps the prototypes of objects,
 * plain or none. The value must be one that `buildKey` accepts, so it is neither deep nor cyclic.
 */
function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  // `fromEntries` defines members, so a member named `__proto__` stays a member.
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, frozenCopy(member)]));
  if (Object.getPrototypeOf(value) === null) Object.setPrototypeOf(copy, null);
  return Object.freeze(copy);
}
