import { Cacheable, createKeyv } from 'cacheable';
import { keyvRedis } from './keyv-redis.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/**
 * Its `getOrSet` takes no tags, so a tagged miss uses `set`. It has two stores of tags; both tiers are its usual form.
 */
export async function openCacheable({ tiers, tagged, redis, load, tagsOf }: PeerOptions): Promise<Peer> {
  const remote = tiers === 'memory' ? undefined : await keyvRedis(redis.cacheUrl);
  const cache = new Cacheable({
    ttl: FRESH_MS,
    tags: tagged,
    ...(remote && (tiers === 'redis' ? { primary: remote } : { primary: createKeyv(), secondary: remote })),
  });
  return {
    getOrLoad: async (key) => {
      if (!tagged) return cache.getOrSet(key, () => load(key));
      const found: unknown = await cache.get(key);
      if (found !== undefined) return found;
      const value = await load(key);
      await cache.set(key, value, { tags: [...tagsOf(key)] });
      return value;
    },
    getMany: (keys) => cache.getMany([...keys]),
    invalidateTag: (tag) => cache.tags.invalidateTag(tag),
    invalidateKey: (key) => cache.delete(key),
    clear: () => cache.clear(),
    close: () => cache.disconnect(),
  };
}
