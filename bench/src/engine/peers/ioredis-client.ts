import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';

/** `plain`: as the libraries' own documentation connects. `ours`: the settings of our own cache client. */
export type ClientSettings = 'plain' | 'ours';

const SETTINGS = {
  plain: {},
  ours: { enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 1_000, enableAutoPipelining: true },
} satisfies Record<ClientSettings, Omit<RedisOptions, 'replyMapping'>>;

/** For every library that takes an ioredis client. Resolves once it is ready. */
export async function ioredisClient(url: string, settings: ClientSettings): Promise<Redis> {
  const client = new Redis(url, SETTINGS[settings]);
  client.on('error', () => undefined); // each command tells of its own failure
  await once(client, 'ready');
  return client;
}
