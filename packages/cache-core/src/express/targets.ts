import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import { buildKey, type CacheKey } from '../key.ts';
import { guarded, type RequestView, viewOf } from './request-view.ts';

/** What a request asks for. */
export interface Target<Input> {
  readonly key: CacheKey;
  readonly recipe: { readonly prefix: string; readonly name: string; readonly params: Input };
  /** The input as the handler gets it. */
  readonly input: Input;
  readonly wantsCache: boolean;
}

export interface Route<Input> {
  readonly prefix: string;
  readonly name: string;
  readonly version: number;
  /** Request headers, in lower case, that the input may be made of. */
  readonly vary: readonly string[];
  /** Null: the view itself is the input. */
  readonly input: ((view: RequestView) => Input) | null;
}

const MOST_KEPT = 1_000;
/** Longer URLs are worked out each time, so that what is kept stays below a megabyte. */
const LONGEST_KEPT_URL = 500;

/**
 * Works out which key a request of one route asks for. A URL stands for the same key each time, so reads that have no
 * body are worked out once: parsing, validating and hashing cost more than the rest of a hit.
 */
export class Targets<Input> {
  readonly #route: Route<Input>;
  readonly #known = new LRUCache<string, Target<Input>>({ max: MOST_KEPT });

  constructor(route: Route<Input>) {
    this.#route = route;
  }

  /** Throws what the route's `input` throws of a request that it refuses. */
  of(request: Request): Target<Input> {
    const { originalUrl: url, method, body } = request;
    const isKept = (method === 'GET' || method === 'HEAD') && body === undefined && url.length <= LONGEST_KEPT_URL;
    if (!isKept || this.#route.vary.length > 0) return this.#workOut(request);
    const known = this.#known.get(url);
    if (known) return known;
    const target = this.#workOut(request);
    this.#known.set(url, target);
    return target;
  }

  #workOut(request: Request): Target<Input> {
    const { prefix, name, version, vary, input } = this.#route;
    const view = viewOf(request, vary);
    const params = deepFrozen(input ? input(guarded(view)) : (withoutHeaders(view, vary) as Input));
    return {
      key: buildKey({ prefix, name, version, params }),
      recipe: { prefix, name, params },
      input: input ? params : (guarded(params as object) as Input),
      wantsCache: request.query['cache'] !== 'false',
    };
  }
}

/** A route that varies on no header has none in its key. */
function withoutHeaders({ headers, ...rest }: RequestView, vary: readonly string[]): object {
  return vary.length > 0 ? { ...rest, headers } : rest;
}

/** One request's handler must not change what the next one is given. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}
