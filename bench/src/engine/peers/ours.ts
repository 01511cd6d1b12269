import { type CacheLogger, CacheManager, type LoadContext } from '@pilotlight/cache-core';
import { connectRedis } from '@pilotlight/cache-core/redis';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

const GB = 2 ** 30;
const ORIGIN = { concurrency: 1_000, maxWaiting: 100_000 };
/** Logging is not part of the measurement. */
export const silent: CacheLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const POLICY = { freshFor: FRESH_MS } as const;

/** Opens the engine as an application does, with log and lock on Redis in every case. */
export async function openOurs(options: PeerOptions): Promise<Peer> {
  const cache = await startCache(options);
  const { tagged, load, tagsOf } = options;
  const tag = (context: LoadContext, key: string) => {
    if (tagged) context.tag(...tagsOf(key));
  };
  return {
    getOrLoad: (key) =>
      cache.getOrLoad(
        key,
        (context) => {
          tag(context, key);
          return load(key);
        },
        POLICY,
      ),
    getMany: (keys) => cache.getMany(keys),
    getOrLoadMany: (keys) =>
      cache.getOrLoadMany(
        keys,
        (missing, contexts) =>
          Promise.all(
            missing.map((key, i) => {
              const context = contexts[i];
              if (context) tag(context, key);
              return load(key);
            }),
          ),
        POLICY,
      ),
    invalidateTag: (tagged) => cache.invalidate({ tag: tagged }),
    invalidateKey: (key) => cache.invalidate({ key }),
    clear: () => cache.invalidate({ prefix: 'bench' }),
    countedBytes: () => cache.internal.engine.memory.sizeBytes,
    close: () => cache.close(),
  };
}

/** Caches of different namespaces follow different logs. */
export async function startCache(
  { tiers, redis }: Pick<PeerOptions, 'tiers' | 'redis'>,
  namespace = 'bench',
): Promise<CacheManager> {
  const ports = connectRedis({ ...redis, namespace, logger: silent });
  const cache = new CacheManager({
    ports: tiers === 'memory' ? { ...ports, shared: null } : ports,
    memoryBytes: tiers === 'redis' ? 0 : 4 * GB,
    origins: { default: ORIGIN },
  });
  await cache.start();
  return cache;
}
