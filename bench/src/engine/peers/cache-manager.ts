import { createCache } from 'cache-manager';
import { createKeyv } from 'cacheable';
import { keyvRedis } from './keyv-redis.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/** Uses the stores of its README: CacheableMemory, and Keyv on Redis. It does not support tags. */
export async function openCacheManager({ tiers, redis, load, entries }: PeerOptions): Promise<Peer> {
  const memory = createKeyv({ ttl: FRESH_MS, lruSize: entries });
  const stores =
    tiers === 'memory'
      ? [memory]
      : tiers === 'redis'
        ? [await keyvRedis(redis.cacheUrl)]
        : [memory, await keyvRedis(redis.cacheUrl)];
  const cache = createCache({ stores, ttl: FRESH_MS });
  return {
    getOrLoad: (key) => cache.wrap(key, () => load(key)),
    getMany: (keys) => cache.mget([...keys]),
    invalidateKey: (key) => cache.del(key),
    clear: () => cache.clear(),
    close: async () => {
      await cache.disconnect();
    },
  };
}
