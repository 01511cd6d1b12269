import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { connectRedis } from '@pilotlight/cache-core/redis';
import { silent, startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';

const AT_ONCE = 250;

/** Appends many invalidations in a short time. */
export async function appends({ redis, namespace }: { redis: RedisUrls; namespace: string }) {
  const ports = connectRedis({ ...redis, namespace, logger: silent });
  const cache = await startCache({ tiers: 'memory', redis }, namespace);
  const { log } = ports;
  let writing: NodeJS.Timeout | undefined;
  type Selectors = Parameters<typeof log.append>[0]['selectors'];
  return {
    /** Appends without waiting for receipts, each for another key. */
    append: async (times: number): Promise<void> => {
      let n = 0;
      const writer = async () => {
        while (n < times) {
          const selectors = [`k:bench:appended:${n++}`] as readonly string[] as Selectors;
          const append = { eventId: randomUUID(), mode: 'invalidate', selectors, knownEpoch: 0 } as const;
          // An append without a reply in time is repeated: the log counts the same event once.
          while (!(await log.append(append).catch(() => null))) await setTimeout(10);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, writer));
    },
    /** Invalidates `times` different parts of a prefix. The entries of `scoped-hits` depend on none of them. */
    invalidateScopes: async (prefix: string, times: number): Promise<void> => {
      const at = (n: number) => ({
        prefix,
        scope: { time: { from: 1_000 * n, to: 1_000 * n + 500 }, level: ['DEBUG'] },
      });
      for (let n = 0; n < times; n += 100)
        await cache.invalidate(Array.from({ length: Math.min(100, times - n) }, (_, i) => at(n + i)));
    },
    /** Invalidates other parts of a prefix at a steady rate, until `stopWriting` is called. The entries of `scoped-hits` depend on none. */
    startWriting: (prefix: string, perSecond: number): void => {
      let n = 0;
      writing = setInterval(() => {
        const from = 5_000_000_000_000 + 1_000 * n++;
        void cache.invalidate({ prefix, scope: { time: { from, to: from + 500 } } });
      }, 1_000 / perSecond);
    },
    stopWriting: (): void => clearInterval(writing),
    close: async () => {
      clearInterval(writing);
      await cache.close();
      await ports.close();
    },
  };
}
