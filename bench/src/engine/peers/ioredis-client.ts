import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';

/** `plain`: as the libraries' own documentation connects. `ours`: the settings of our own cache client. */
export type ClientSettings = 'plain' | 'ours';

const SETTINGS = {
  plain: {},
  ours: { enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 1_000, enableAutoPipelining: true },
} satisfies Record<ClientSettings, Omit<RedisOptions, 'replyMapping'>>;

/** Connects a client for libraries that take an ioredis client. Resolves once it is ready. */
export async function ioredisClient(url: string, settings: ClientSettings): Promise<Redis> {
  const client = new Redis(url, SETTINGS[settings]);
  client.on('error', () => undefined); // Each command reports its own failure.
  await once(client, 'ready');
  return client;
}
