import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import { buildKey, type CacheKey } from '../key.ts';

/** All that a cached handler can see of a request. `query` comes without `cache`. */
export interface RequestView {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** What a request asks for. */
export interface Target<Input> {
  readonly key: CacheKey;
  readonly recipe: { readonly prefix: string; readonly name: string; readonly params: Input };
  readonly wantsCache: boolean;
}

const MOST_KEPT = 1_000;
/** Longer URLs are worked out each time, so that what is kept stays below a megabyte. */
const LONGEST_KEPT_URL = 500;

/**
 * Works out which key a request of one route asks for. A URL stands for the same key each time, so reads that have no
 * body are worked out once: parsing, validating and hashing cost more than the rest of a hit.
 */
export class Targets<Input> {
  readonly #route: { prefix: string; name: string; input: (view: RequestView) => Input };
  readonly #known = new LRUCache<string, Target<Input>>({ max: MOST_KEPT });

  constructor(route: { prefix: string; name: string; input: (view: RequestView) => Input }) {
    this.#route = route;
  }

  /** Throws what the route's `input` throws of a request that it refuses. */
  of(request: Request): Target<Input> {
    const { originalUrl: url, method, body } = request;
    const isKept = (method === 'GET' || method === 'HEAD') && body === undefined && url.length <= LONGEST_KEPT_URL;
    if (!isKept) return this.#workOut(request);
    const known = this.#known.get(url);
    if (known) return known;
    const target = this.#workOut(request);
    this.#known.set(url, target);
    return target;
  }

  #workOut(request: Request): Target<Input> {
    const { prefix, name, input } = this.#route;
    const { cache, ...query } = request.query;
    const params = deepFrozen(input({ params: request.params, query, body: request.body as unknown }));
    return { key: buildKey({ prefix, name, params }), recipe: { prefix, name, params }, wantsCache: cache !== 'false' };
  }
}

/** One request's handler must not change what the next one is given. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}
