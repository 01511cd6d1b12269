import type { Redis } from 'ioredis';
import { type BlobBackend, composeStorage, createBlobStorage, createMemoryStorage, defineCachedFunction } from 'ocache';
import { ioredisClient } from './ioredis-client.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

const GB = 2 ** 30;

/**
 * The library has no Redis storage, so this adds the few lines that its documentation asks for. It does not support
 * tags.
 */
export async function openOcache(options: PeerOptions): Promise<Peer> {
  const { tiers, redis, load, entries, memoryBytes = 4 * GB } = options;
  const client = tiers === 'memory' ? undefined : await ioredisClient(redis.cacheUrl, options.client);
  const memory = createMemoryStorage({ maxSize: entries, maxBytes: memoryBytes });
  const blobs = client && createBlobStorage(backend(client));
  const storage = tiers === 'redis' ? blobs : blobs ? composeStorage([memory, blobs]) : memory;
  const cached = defineCachedFunction(load, {
    name: 'bench',
    maxAge: FRESH_MS / 1_000,
    getKey: (key: string) => key,
    ...(storage && { storage }),
  });
  return {
    getOrLoad: (key) => cached(key),
    invalidateKey: (key) => cached.invalidate(key),
    close: async () => client?.disconnect(),
  };
}

function backend(client: Redis): BlobBackend {
  return {
    get: (key) => client.getBuffer(key),
    set: async (key, value, options) => {
      if (value === null) await client.unlink(key);
      else if (options?.ttl) await client.set(key, Buffer.from(value.buffer), 'EX', options.ttl);
      else await client.set(key, Buffer.from(value.buffer));
    },
  };
}
