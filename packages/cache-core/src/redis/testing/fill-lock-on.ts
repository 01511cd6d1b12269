import { silentLogger } from '../../model/logger.ts';
import type { FillLock } from '../../ports/fill-lock.ts';
import type { FillLockUnderTest } from '../../ports/testing/fill-lock-contract.ts';
import { connectRedis } from '../connect-redis.ts';
import { RedisFillLock } from '../redis-fill-lock.ts';
import { type Servers, succeeds } from './servers.ts';

function listenersOf(lock: FillLock): number {
  if (!(lock instanceof RedisFillLock)) throw new Error('expected the fill lock on Redis');
  return lock.listeners;
}

/** Returns fill locks of two processes on these servers. */
export async function fillLockOn(servers: Servers): Promise<FillLockUnderTest> {
  const urls = { cacheUrl: servers.url, queueUrl: servers.url, queueTimeout: '1s', allowUnsafeServers: true } as const;
  const connect = () => connectRedis({ ...urls, logger: silentLogger });
  const [one, other] = [connect(), connect()];
  const reached = () =>
    succeeds(async () => {
      for (const ports of [one, other]) await ports.log.snapshot(0);
      // Waking a waiter also requires the subscription: a release is received once it exists.
      const [held, waiting] = [await one.lock.acquire('ready'), await other.lock.acquire('ready')];
      if (!held.held || waiting.held) throw new Error('expected one to hold the lock and the other to wait');
      const began = performance.now();
      await held.release();
      await waiting.ended(1_000);
      if (performance.now() - began > 900) throw new Error('expected the release to be heard');
    });
  await reached();
  return {
    one: one.lock,
    other: other.lock,
    killOne: () => one.close(),
    listeners: () => [one, other].reduce((sum, { lock }) => sum + listenersOf(lock), 0),
    loseAll: () => servers.flushAll(),
    freeze: () => servers.signal('SIGSTOP'),
    thaw: () => {
      servers.signal('SIGCONT');
      return reached();
    },
    through: (promise) => promise,
    close: async () => {
      await one.close();
      await other.close();
      await servers.stop();
    },
  };
}
