import { startRedis } from '@pilotlight/stack';
import { FaultProxy, startRedisCluster } from '@pilotlight/stack/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import type { InvalidationReceipt } from '../log/invalidator.ts';
import { silentLogger } from '../model/logger.ts';
import { connectRedis, type RedisPorts } from './connect-redis.ts';
import { type Servers, serversOf, succeeds } from './testing/servers.ts';

const LEASE_MS = 1_000;

interface Follower {
  readonly cache: CacheManager;
  readonly ports: RedisPorts;
}

const SERVERS = {
  'one server': async () => serversOf(await startRedis({ role: 'queue' })),
  'a Redis Cluster': async () => serversOf(await startRedisCluster({ role: 'queue' })),
};

describe.each(Object.entries(SERVERS))('followers of %s', (_, start) => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await start();
  });
  afterAll(() => servers.stop());

  test('while 16 followers restart in turn, half of them killed, every receipt resolves', async () => {
    const open = () => follow(servers.url, 'restarts');
    const appender = await open();
    const followers = await Promise.all(Array.from({ length: 16 }, open));
    const restarting = (async () => {
      for (const [i, follower] of followers.entries()) {
        if (i % 2) await kill(follower);
        else await follower.cache.close();
        followers[i] = await open();
      }
    })();
    const receipts = await appendUntil(restarting, appender.cache);
    expect(receipts.length).toBeGreaterThan(0);
    expect(receipts.filter(({ state }) => state !== 'applied')).toEqual([]);

    const last = await succeeds(() => applied(appender.cache));
    // Receipts wait only for live followers: the appender and the 16. A simulated clock tests how long a receipt takes.
    await succeeds(async () => expect((await appender.ports.log.register(last.epoch))?.size).toBe(17));
    for (const { cache } of followers) {
      await succeeds(async () => expect(cache.internal.engine.follower.isCurrent).toBe(true));
      expect(cache.internal.engine.follower.stamp).toEqual({ epoch: last.epoch, asOf: last.position });
    }
  });
});

test('a follower that stalls during 5,000 appends serves nothing old and catches up by snapshot', async () => {
  const server = await startRedis({ role: 'queue' });
  const proxy = await FaultProxy.to(server.url);
  onTestFinished(async () => {
    await proxy.close();
    await server.stop();
  });
  const [appender, lagging] = [await follow(server.url, 'lags'), await follow(proxy.url, 'lags')];
  let snapshots = 0;
  let recordsRead = 0;
  const { log } = lagging.ports;
  const { snapshot, readAfter, waitAfter } = log;
  Object.assign(log, {
    snapshot: (epoch: number) => {
      snapshots++;
      return snapshot.call(log, epoch);
    },
    readAfter: async (epoch: number, position: number) => counted(await readAfter.call(log, epoch, position)),
    waitAfter: async (epoch: number, position: number) => counted(await waitAfter.call(log, epoch, position)),
  });
  const counted = <Records extends readonly unknown[]>(records: Records): Records => {
    recordsRead += records.length;
    return records;
  };
  let truth = 'old';
  const read = () => lagging.cache.getOrLoadWithOutcome('files:list:1', () => truth);
  expect((await read()).value).toBe('old');

  proxy.forward({ kind: 'blackhole' });
  const first = await succeeds(() => applied(appender.cache));
  expect(first.receiptMs).toBeGreaterThanOrEqual(LEASE_MS - 100);
  const registered = async () => (await appender.ports.log.register(first.epoch))?.size;
  await succeeds(async () => expect(await registered()).toBe(1));
  truth = 'new';
  const appends = Array.from({ length: 4_998 }, (_, i) => i);
  while (appends.length > 0) {
    await Promise.all(appends.splice(0, 98).map((i) => succeeds(() => applied(appender.cache, `search-${i % 50}`))));
  }
  await succeeds(() => applied(appender.cache, 'files'));
  // After the first receipt it is dropped from the register, and receipts do not wait for it.
  expect(await registered()).toBe(1);
  const { value, outcome } = await read();
  expect([value, outcome.verified]).toEqual(['new', false]);

  snapshots = 0;
  recordsRead = 0;
  proxy.forward({ kind: 'open' });
  await succeeds(async () => {
    expect(lagging.cache.internal.engine.follower.isCurrent).toBe(true);
    expect(lagging.cache.internal.engine.follower.stamp).toEqual(appender.cache.internal.engine.follower.stamp);
  });
  expect(snapshots).toBeGreaterThanOrEqual(1);
  expect(recordsRead).toBeLessThan(5_000);
  // It is registered again and reports its position: some receipt resolves before the end of a lease.
  await succeeds(async () => expect((await applied(appender.cache, 'files')).receiptMs).toBeLessThan(LEASE_MS));
  expect(await registered()).toBe(2);
  expect((await read()).value).toBe('new');
});

async function follow(url: string, namespace: string): Promise<Follower> {
  const ports = connectRedis({
    cacheUrl: url,
    queueUrl: url,
    logger: silentLogger,
    namespace,
    allowUnsafeServers: true,
  });
  const cache = new CacheManager({ ports, lease: LEASE_MS });
  onTestFinished(() => cache.close());
  await cache.start();
  await succeeds(async () => expect(cache.internal.engine.follower.isCurrent).toBe(true));
  return { cache, ports };
}

/** The remains of a killed process: an entry in the register. */
async function kill({ ports, cache }: Follower): Promise<void> {
  await ports.close();
  await cache.close();
}

async function applied(
  cache: CacheManager,
  prefix = 'files',
): Promise<Extract<InvalidationReceipt, { state: 'applied' }>> {
  const receipt = await cache.invalidate({ prefix });
  if (receipt.state !== 'applied') throw new Error('expected it to be applied, it is pending');
  return receipt;
}

async function appendUntil(over: Promise<void>, cache: CacheManager): Promise<InvalidationReceipt[]> {
  const receipts: InvalidationReceipt[] = [];
  let isOver = false;
  const ended = over.finally(() => {
    isOver = true;
  });
  while (!isOver) receipts.push(await succeeds(() => applied(cache)));
  await ended;
  return receipts;
}
