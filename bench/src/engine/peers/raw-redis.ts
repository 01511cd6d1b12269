import { ioredisClient } from './ioredis-client.ts';
import { FRESH_MS, type Peer, type PeerOptions } from './port.ts';

/** Uses no library: GET and `JSON.parse`. */
export async function openRawRedis({ redis, load }: PeerOptions): Promise<Peer> {
  const client = await ioredisClient(redis.cacheUrl, 'ours');
  return {
    getOrLoad: async (key) => {
      const bytes = await client.getBuffer(key);
      if (bytes) return JSON.parse(bytes.toString());
      const value = await load(key);
      await client.set(key, JSON.stringify(value), 'PX', FRESH_MS);
      return value;
    },
    getMany: async (keys) => {
      const found = await client.mgetBuffer(...keys);
      return found.map((bytes) => bytes && JSON.parse(bytes.toString()));
    },
    close: async () => client.disconnect(),
  };
}
