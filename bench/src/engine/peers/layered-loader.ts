import {
  createGroupNotificationPair,
  createNotificationPair,
  GroupLoader,
  Loader,
  RedisCache,
  RedisGroupCache,
} from 'layered-loader';
import { ioredisClient } from './ioredis-client.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/** Uses its groups as tags: an entry is in one group. */
export async function openLayeredLoader(options: PeerOptions): Promise<Peer> {
  const { tiers, redis, entries } = options;
  const clients = await Promise.all(
    Array.from({ length: tiers === 'memory' ? 0 : tiers === 'redis' ? 1 : 3 }, () =>
      ioredisClient(redis.cacheUrl, options.client),
    ),
  );
  const [client, publisher, consumer] = clients;
  const parts = {
    ...(tiers !== 'redis' && {
      inMemoryCache: {
        cacheType: 'lru-map',
        ttlInMsecs: FRESH_MS,
        maxItems: entries,
        maxItemsPerGroup: entries,
      } as const,
    }),
    ...(client && { client }),
    ...(publisher && consumer && { bus: { channel: 'bench', publisherRedis: publisher, consumerRedis: consumer } }),
  };
  const peer = options.tagged ? groups(options, parts) : flat(options, parts);
  return { ...peer, close: async () => disconnect(clients) };
}

function disconnect(clients: readonly Client[]): void {
  for (const client of clients) client.disconnect();
}

type Client = Awaited<ReturnType<typeof ioredisClient>>;
type Parts = {
  inMemoryCache?: { cacheType: 'lru-map'; ttlInMsecs: number; maxItems: number; maxItemsPerGroup: number };
  client?: Client;
  bus?: Parameters<typeof createNotificationPair>[0];
};

function flat({ load }: PeerOptions, { inMemoryCache, client, bus }: Parts): Omit<Peer, 'close'> {
  const pair = bus && createNotificationPair<unknown>(bus);
  const loader = new Loader<unknown>({
    ...(inMemoryCache && { inMemoryCache }),
    ...(client && { asyncCache: new RedisCache<unknown>(client, { json: true, ttlInMsecs: FRESH_MS }) }),
    ...(pair && { notificationConsumer: pair.consumer, notificationPublisher: pair.publisher }),
    dataSourceGetOneFn: load,
    dataSourceGetManyFn: (keys) => Promise.all(keys.map(load)),
    cacheKeyFromValueResolver: (value) => String(Object(value)['id']),
  });
  return {
    getOrLoad: (key) => loader.get(key),
    getMany: (keys) => loader.getMany([...keys]),
    invalidateKey: (key) => loader.invalidateCacheFor(key),
    clear: () => loader.invalidateCache(),
  };
}

function groups({ load, tagsOf }: PeerOptions, { inMemoryCache, client, bus }: Parts): Omit<Peer, 'close'> {
  const pair = bus && createGroupNotificationPair<unknown>(bus);
  const loader = new GroupLoader<unknown>({
    ...(inMemoryCache && { inMemoryCache }),
    ...(client && { asyncCache: new RedisGroupCache<unknown>(client, { json: true, ttlInMsecs: FRESH_MS }) }),
    ...(pair && { notificationConsumer: pair.consumer, notificationPublisher: pair.publisher }),
    dataSources: [{ name: 'origin', getFromGroup: load, getManyFromGroup: (keys) => Promise.all(keys.map(load)) }],
  });
  const groupOf = (key: string) => tagsOf(key)[0] ?? '';
  return {
    getOrLoad: (key) => loader.get(key, groupOf(key)),
    invalidateTag: (group) => loader.invalidateCacheForGroup(group),
    invalidateKey: (key) => loader.invalidateCacheFor(key, groupOf(key)),
  };
}
