import { startRedis } from '@pilotlight/stack';
import { vi } from 'vitest';
import { fillLockContract } from '../engine/fill-lock.contract.ts';
import { silentLogger } from '../logger.ts';
import { connectRedis } from './connect-redis.ts';

fillLockContract('the fill lock on Redis', async () => {
  const server = await startRedis({ role: 'queue' });
  const connect = () => connectRedis({ cacheUrl: server.url, queueUrl: server.url, logger: silentLogger });
  const [one, other] = [connect(), connect()];
  const reached = () =>
    vi.waitFor(
      async () => {
        for (const ports of [one, other]) await ports.log.snapshot(0);
        // Woken waiters need the subscription too: a release is heard once it stands.
        const [held, waiting] = [await one.lock.acquire('ready'), await other.lock.acquire('ready')];
        if (!held.held || waiting.held) throw new Error('expected one to hold the lock and the other to wait');
        await held.release();
        await waiting.ended(1_000);
      },
      { timeout: 10_000, interval: 20 },
    );
  await reached();
  return {
    one: one.lock,
    other: other.lock,
    killOne: () => one.close(),
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => {
      server.kill('SIGCONT');
      return reached();
    },
    through: (promise) => promise,
    close: async () => {
      await one.close();
      await other.close();
      await server.stop();
    },
  };
});
