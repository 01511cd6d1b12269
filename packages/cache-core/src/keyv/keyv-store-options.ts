import type { CacheManager } from '../cache-manager.ts';
import { type Duration, MAX_DURATION_MS, toMs } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';

/** Options of a store for Keyv. */
export interface KeyvStoreOptions {
  /** The cache that stores the values. Several stores may share it; its owner starts and closes it. */
  readonly cache: CacheManager;
  /** The first segment of its keys in the cache. Default `keyv`. */
  readonly prefix?: string;
  /** The namespace until Keyv sets another. Default: none. */
  readonly namespace?: string;
  /** The lifetime of a value that is set without a TTL. Default: the maximum, 366 days. */
  readonly freshFor?: Duration;
  /**
   * A value that is set within this time after its key was missed here counts as loaded since that miss: `set` rejects it,
   * and returns false, if the key was invalidated meanwhile. It is not announced, so other processes keep the value that they
   * have: to change a cached value, delete it. A miss that no set follows counts too, so after it and an invalidation sets may be
   * rejected until this time is over. This suits callers that get, compute and set, such as `wrap` of cache-manager or NestJS's
   * interceptor. Default 30 s. With 0 each set is a write, also of a value that was computed before the key was deleted: use it
   * for values that have no other source, such as sessions.
   */
  readonly fillWithin?: Duration;
}

export interface ResolvedKeyvStoreOptions {
  readonly cache: CacheManager;
  readonly prefix: string;
  readonly namespace: string | undefined;
  readonly freshForMs: number;
  readonly fillWithinMs: number;
}

const OPTIONS = [
  'cache',
  'prefix',
  'namespace',
  'freshFor',
  'fillWithin',
] as const satisfies (keyof KeyvStoreOptions)[];
const DEFAULT_FILL_WITHIN = '30s';
const PREFIX = /^[A-Za-z0-9_.-]{1,100}$/;

/** Throws `InvalidArgument` naming the option that cannot be used. */
export function resolveKeyvStoreOptions(options: KeyvStoreOptions): ResolvedKeyvStoreOptions {
  assertKnownOptions('KeyvStore', options, OPTIONS);
  const { cache, prefix = 'keyv', namespace } = options;
  if (typeof cache?.invalidate !== 'function') throw new InvalidArgument('cache', 'a CacheManager', cache);
  if (!PREFIX.test(prefix)) throw new InvalidArgument('prefix', '1 to 100 letters, digits, _ . or -', prefix);
  return {
    cache,
    prefix,
    namespace,
    freshForMs: toMs('freshFor', options.freshFor ?? MAX_DURATION_MS),
    fillWithinMs: toMs('fillWithin', options.fillWithin ?? DEFAULT_FILL_WITHIN),
  };
}
