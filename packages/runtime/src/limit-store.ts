import { parseRedisUrl } from '@pilotlight/cache-core/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A connection for the counters of rate limits: a server or a Cluster. */
export type LimitStore = Redis | Cluster;

/** The maximum time that a request waits for its counters, in ms. */
const ANSWER_WITHIN_MS = 50;
const OPTIONS = {
  commandTimeout: ANSWER_WITHIN_MS,
  maxRetriesPerRequest: 0,
  connectTimeout: 1_000,
  // Replaces a connection whose other end has disappeared without notice.
  socketTimeout: 2_000,
  retryStrategy: (times: number) => Math.min(50 * times, 1_000),
} satisfies RedisOptions;

/**
 * Returns a connection that opens with `connect()`. Commands fail at once while the server is unreachable, and after 50 ms if it does
 * not answer. Its errors are not reported: the caller of a command gets them.
 *
 * @param url the URL of the evicting server; its counters may be lost, which lets a client send more
 */
export function connectLimitStore(url: string): LimitStore {
  const { nodes, access, lookup, isCluster } = parseRedisUrl('REDIS_CACHE_URL', url);
  const store = isCluster
    ? new Cluster([...nodes], {
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: OPTIONS.retryStrategy,
        redisOptions: { ...OPTIONS, ...access },
        ...lookup,
      })
    : new Redis(url, { ...OPTIONS, lazyConnect: true, enableOfflineQueue: false });
  return store.on('error', () => undefined);
}
