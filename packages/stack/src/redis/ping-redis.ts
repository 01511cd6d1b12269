import { Redis } from 'ioredis';

/**
 * Resolves when the server at `url`, or every node of a comma-separated list, answers PING. Rejects with the first
 * error.
 */
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
  // `connect` rejects with "Connection is closed."; this event comes before it and carries the reason.
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
