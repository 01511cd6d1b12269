import { silentLogger } from '../../model/logger.ts';
import type { TierUnderTest } from '../../ports/testing/tier-under-test.ts';
import { openRedis } from '../open-redis.ts';
import { RedisTier } from '../redis-tier.ts';
import { type Servers, succeeds } from './servers.ts';

/** Returns the shared tier on these servers. Its commands may take a second, because these tests do not measure speed. */
export async function tierOn(servers: Servers): Promise<TierUnderTest> {
  const client = openRedis('cacheUrl', servers.url, { blocks: false });
  client.on('error', () => undefined); // the test makes it fail
  const tier = new RedisTier({ client, commandTimeoutMs: 1_000, logger: silentLogger });
  const reached = () => succeeds(() => Promise.all(Array.from({ length: 50 }, (_, i) => tier.get(`any-${i}`))));
  await reached();
  return {
    tier,
    write: async (key, bytes) => void (await client.set(key, bytes)),
    writeForeign: async (key) => void (await client.rpush(key, 'a list')),
    clear: () => servers.flushAll(),
    freeze: () => servers.signal('SIGSTOP'),
    thaw: async () => {
      servers.signal('SIGCONT');
      await reached();
    },
    through: (promise) => promise,
    close: async () => {
      client.disconnect();
      await servers.stop();
    },
  };
}
