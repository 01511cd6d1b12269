import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { ioredisClient } from './ioredis-client.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/**
 * `serialize`: by default the library keeps JSON text in memory; without it, values are shared and memory is not
 * bounded in bytes.
 */
export async function openBentocache(options: PeerOptions, serialize: boolean): Promise<Peer> {
  const { tiers, tagged, redis, load, tagsOf, entries, memoryBytes } = options;
  const client = tiers === 'memory' ? undefined : await ioredisClient(redis.cacheUrl, options.client);
  let store = bentostore();
  // Tags are entries too and must not be evicted by other entries.
  if (tiers !== 'redis')
    store = store.useL1Layer(
      memoryDriver({ maxItems: 2 * entries, serialize, ...(memoryBytes !== undefined && { maxSize: memoryBytes }) }),
    );
  if (client) store = store.useL2Layer(redisDriver({ connection: client }));
  if (client && tiers === 'both') store = store.useBus(redisBusDriver({ connection: client })); // The library makes its own connection with the same options.
  const bento = new BentoCache({ default: 'bench', ttl: FRESH_MS, stores: { bench: store } });
  return {
    getOrLoad: (key) => bento.getOrSet({ key, factory: () => load(key), ...(tagged && { tags: [...tagsOf(key)] }) }),
    invalidateTag: (tag) => bento.deleteByTag({ tags: [tag] }),
    invalidateKey: (key) => bento.delete({ key }),
    clear: () => bento.clear(),
    close: async () => {
      await bento.disconnectAll();
      client?.disconnect();
    },
  };
}
