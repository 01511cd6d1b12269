import { createCache } from 'async-cache-dedupe';
import { ioredisClient } from './ioredis-client.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/** Opens one tier or the other: the library does not combine them. */
export async function openAsyncCacheDedupe(options: PeerOptions): Promise<Peer> {
  const { tiers, tagged, redis, load, tagsOf, entries } = options;
  const client = tiers === 'memory' ? undefined : await ioredisClient(redis.cacheUrl, options.client);
  const ttl = FRESH_MS / 1_000;
  const cache = createCache({
    ttl,
    storage: client
      ? { type: 'redis', options: { client, invalidation: tagged && { referencesTTL: ttl } } }
      : { type: 'memory', options: { size: entries, invalidation: tagged } },
  }).define('bench', tagged ? { references: (key: string) => [...tagsOf(key)] } : {}, load);
  return {
    getOrLoad: (key) => cache.bench(key),
    invalidateTag: (tag) => cache.invalidateAll([tag]),
    invalidateKey: (key) => cache.clear('bench', key),
    clear: () => cache.clear('bench'),
    close: async () => client?.disconnect(),
  };
}
