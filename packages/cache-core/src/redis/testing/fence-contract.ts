import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CacheManager } from '../../cache-manager.ts';
import { type FenceProcesses, MOMENTS, overtake } from '../../engine/testing/fence-scenario.ts';
import { silentLogger } from '../../model/logger.ts';
import { connectRedis } from '../connect-redis.ts';

export interface BothServers {
  readonly cacheUrl: string;
  readonly queueUrl: string;
  stop(): Promise<unknown>;
}

/** The contract of the fence on real servers, between two processes. */
export function fenceContract(name: string, startServers: () => Promise<BothServers>): void {
  describe(name, () => {
    const started: CacheManager[] = [];
    let two: () => Promise<FenceProcesses>;
    let servers: BothServers;

    beforeAll(async () => {
      servers = await startServers();
      const start = async () => {
        const { cacheUrl, queueUrl } = servers;
        const allowUnsafeServers = cacheUrl === queueUrl;
        // Redis has time on a busy machine: a late answer would be a miss.
        const timeouts = { cacheTimeout: '5s', queueTimeout: '5s' } as const;
        const ports = connectRedis({ cacheUrl, queueUrl, allowUnsafeServers, logger: silentLogger, ...timeouts });
        const cache = new CacheManager({ ports });
        started.push(cache);
        await cache.start();
        return cache;
      };
      const [a, b] = [await start(), await start()];
      two = async () => {
        await vi.waitFor(
          () =>
            expect([a.internal.engine.follower.isCurrent, b.internal.engine.follower.isCurrent]).toEqual([true, true]),
          {
            timeout: 30_000,
          },
        );
        return {
          a,
          b,
          through: (promise) => promise,
          until: (state) => vi.waitFor(() => expect(state()).toBe(true), { timeout: 30_000, interval: 2 }),
        };
      };
    });
    afterAll(async () => {
      await Promise.all(started.map((cache) => cache.close()));
      await servers.stop();
    });

    for (const moment of MOMENTS) {
      for (const tag of [undefined, 'project-7']) {
        const by = tag === undefined ? 'by prefix' : 'by a tag known only as the load ends';
        test(`an invalidation of another process ${moment}, ${by}, keeps the old answer from later readers`, async () => {
          for (let i = 0; i < 20; i++) {
            const how = { name: `list-${tag ?? 'untagged'}-${i}`, ...(tag === undefined ? {} : { tag }) };
            const story = await overtake(await two(), moment, how);
            expect([...story.whileLoading, ...story.afterwards].filter((value) => value !== 'new')).toEqual([]);
          }
        });
      }
    }

    test('without the check against hits, the old answer is served', async () => {
      const processes = await two();
      for (const { internal } of [processes.a, processes.b])
        Object.assign(internal.engine.follower.index, { isHitSince: () => false });
      expect((await overtake(processes, MOMENTS[2], { name: 'control' })).afterwards).toContain('old');
    });
  });
}
