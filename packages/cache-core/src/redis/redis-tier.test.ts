import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import { tierContract } from '../tiers/contract.ts';
import { RedisTier } from './redis-tier.ts';

tierContract('the shared tier on Redis', async () => {
  const server = await startRedis({ role: 'cache' });
  const admin = new Redis(server.url);
  const client = new Redis(server.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
  });
  await vi.waitFor(() => client.ping(), { timeout: 10_000, interval: 20 });
  const tier = new RedisTier({ client, commandTimeoutMs: 1_000, logger: silentLogger });
  return {
    tier,
    write: async (key, bytes) => void (await admin.set(key, bytes)),
    writeForeign: async (key) => void (await admin.rpush(key, 'a list')),
    clear: async () => void (await admin.flushall()),
    freeze: () => server.kill('SIGSTOP'),
    thaw: async () => {
      server.kill('SIGCONT');
      await vi.waitFor(() => tier.get('any'), { timeout: 10_000, interval: 20 });
    },
    through: (promise) => promise,
    close: async () => {
      admin.disconnect();
      client.disconnect();
      await server.stop();
    },
  };
});
