import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { logContract } from '../log/contract.ts';
import { silentLogger } from '../logger.ts';
import { connectRedis, type RedisPorts } from './connect-redis.ts';

logContract('the log on Redis', async () => {
  const server = await startRedis({ role: 'queue' });
  const admin = new Redis(server.url);
  admin.on('error', () => undefined); // it is killed on purpose
  const opened: RedisPorts[] = [];
  let namespaces = 0;
  const reached = () =>
    vi.waitFor(
      async () => {
        await admin.ping();
        for (const { log } of opened) await log.snapshot(0);
      },
      { timeout: 10_000, interval: 20 },
    );
  return {
    open: async () => {
      for (const ports of opened.splice(0)) await ports.close();
      const namespace = `test-${++namespaces}`;
      const connect = () =>
        connectRedis({ cacheUrl: server.url, queueUrl: server.url, logger: silentLogger, namespace });
      const [one, other] = [connect(), connect()];
      opened.push(one, other);
      await reached();
      return { one: one.log, other: other.log };
    },
    flushAll: async () => void (await admin.flushall()),
    restart: async () => {
      server.kill('SIGKILL');
      await server.restart();
      await reached();
    },
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => {
      server.kill('SIGCONT');
      return reached();
    },
    through: (promise) => promise,
    close: async () => {
      for (const ports of opened) await ports.close();
      admin.disconnect();
      await server.stop();
    },
  };
});
