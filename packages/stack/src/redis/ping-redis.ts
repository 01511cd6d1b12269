import { Redis } from 'ioredis';

/** Resolves when the server at `url` answers PING, or every node of a comma-separated list; rejects with what one said instead. */
export async function pingRedis(urls: string): Promise<void> {
  await Promise.all(urls.split(',').filter(Boolean).map(pingServer));
}

async function pingServer(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // `connect` rejects with "Connection is closed."; the reason comes by this event, before it.
  let reason: unknown;
  client.on('error', (error) => {
    reason = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
