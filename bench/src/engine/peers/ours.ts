import { CacheManager } from '@pilotlight/cache-core';
import { connectRedis } from '@pilotlight/cache-core/redis';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

const GB = 2 ** 30;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore, isLevelEnabled: () => false };

/** The engine as an application has it: log and lock on Redis in every case. */
export async function openOurs({ tiers, tagged, redis, load, tagsOf }: PeerOptions): Promise<Peer> {
  const ports = connectRedis({ ...redis, logger: SILENT });
  const cache = new CacheManager({
    ports: tiers === 'memory' ? { ...ports, shared: null } : ports,
    logger: SILENT,
    memoryBytes: tiers === 'redis' ? 1 : 4 * GB,
    originConcurrency: 1_000,
    originQueue: 100_000,
  });
  await cache.start();
  const policy = { freshFor: FRESH_MS } as const;
  return {
    getOrLoad: (key) =>
      cache.getOrLoad(
        key,
        (context) => {
          if (tagged) context.tag(...tagsOf(key));
          return load(key);
        },
        policy,
      ),
    invalidateTag: (tag) => cache.invalidate({ tag }),
    invalidateKey: (key) => cache.invalidate({ key }),
    clear: () => cache.invalidate({ prefix: 'bench' }),
    close: () => cache.close(),
  };
}

function ignore(): void {
  // what is measured is not the logger
}
