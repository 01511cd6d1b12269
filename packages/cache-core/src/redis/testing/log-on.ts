import { silentLogger } from '../../model/logger.ts';
import type { LogUnderTest } from '../../ports/testing/log-under-test.ts';
import { connectRedis, type RedisPorts } from '../connect-redis.ts';
import { type Servers, succeeds } from './servers.ts';

let namespaces = 0;

/** Returns the invalidation log on these servers; each opened log has its own namespace. */
export function logOn(servers: Servers): LogUnderTest {
  const opened: RedisPorts[] = [];
  const reached = () =>
    succeeds(async () => {
      for (const { log } of opened) await log.snapshot(0);
    });
  return {
    open: async () => {
      for (const ports of opened.splice(0)) await ports.close();
      const namespace = `test-${++namespaces}`;
      // Longer than usual, because these tests do not measure speed and the machine may be busy.
      const urls = {
        cacheUrl: servers.url,
        queueUrl: servers.url,
        queueTimeout: '2s',
        allowUnsafeServers: true,
      } as const;
      const connect = () => connectRedis({ ...urls, logger: silentLogger, namespace });
      const [one, other] = [connect(), connect()];
      opened.push(one, other);
      await reached();
      return { one: one.log, other: other.log };
    },
    flushAll: () => servers.flushAll(),
    lose: (part) => servers.delete(`{test-${namespaces}:log}:${part}`),
    restart: async () => {
      await servers.restart();
      await reached();
    },
    freeze: () => servers.signal('SIGSTOP'),
    thaw: () => {
      servers.signal('SIGCONT');
      return reached();
    },
    through: (promise) => promise,
    close: async () => {
      for (const ports of opened) await ports.close();
      await servers.stop();
    },
  };
}
