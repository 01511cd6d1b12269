import type { CacheManager } from '../cache-manager.ts';
import { InvalidArgument } from '../model/errors.ts';
import { buildKey } from '../model/key.ts';

/** The part of a key that names the handler. */
export interface RouteName {
  readonly prefix: string;
  readonly name: string;
  readonly version: number;
}

interface Claim {
  readonly handler: unknown;
  /** The `expressCache` calls that made a route of it. */
  readonly owners: Set<object>;
}

type AnyFunction = (...args: never[]) => unknown;

/** A build shortens names to a letter or two before it needs three. */
const MIN_DEFAULT_NAME_LENGTH = 3;
const GIVE_NAME =
  'give the route the option name: cacheResult({ name: … }); builds that minify or bundle rename functions, so two routes may share a name, and so each other’s answers';

/**
 * Returns the default second segment of a route's keys: the name of its handler.
 *
 * @throws {InvalidArgument} if the function has no name, or one that a build may have made
 */
export function defaultName(handler: AnyFunction): string {
  const { name } = handler;
  if (name === '')
    throw new InvalidArgument('cacheResult', 'a handler with a name', 'an anonymous function', GIVE_NAME);
  // A build that shortened the name of this function has shortened the handler's, too.
  const isMinified = defaultName.name !== 'defaultName';
  if (isMinified || name.length < MIN_DEFAULT_NAME_LENGTH)
    throw new InvalidArgument('cacheResult', 'a handler with the name that its author gave it', name, GIVE_NAME);
  try {
    buildKey({ prefix: 'cache', name, params: null });
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    throw new InvalidArgument('cacheResult', 'a handler whose name can be part of a key', name, GIVE_NAME);
  }
  return name;
}

/**
 * Records which handler computes the answers of which keys of one cache.
 *
 * Invariant: two handlers never share a prefix, name and version, or each would be served the other's answers. One handler may
 * serve several routes, because it receives only the input of the key.
 */
class RouteNames {
  readonly #claims = new Map<string, Claim>();

  /** @throws {InvalidArgument} if another handler has the name */
  claim({ prefix, name, version }: RouteName, handler: AnyFunction, owner: object): void {
    const id = `${prefix}:${name}@${version}`;
    const claim = this.#claims.get(id);
    if (claim && claim.handler !== handler)
      throw new InvalidArgument(
        'cacheResult name',
        `one that no other handler of this cache has under the prefix ${prefix}`,
        name,
        'both routes would be served each other’s answers: give each the option name; an application that is built again calls forgetRoutes() first',
      );
    this.#claims.set(id, { handler, owners: (claim?.owners ?? new Set()).add(owner) });
  }

  release(owner: object): void {
    for (const [id, { owners }] of this.#claims) {
      owners.delete(owner);
      if (owners.size === 0) this.#claims.delete(id);
    }
  }
}

/** Names belong to a cache, as keys do, however often `expressCache` is called with it. */
const namesByCache = new WeakMap<CacheManager, RouteNames>();

export function routeNamesOf(cache: CacheManager): RouteNames {
  const names = namesByCache.get(cache) ?? new RouteNames();
  namesByCache.set(cache, names);
  return names;
}
