import { startRedis } from '@pilotlight/stack';
import { type RunningRedisCluster, startRedisCluster } from '@pilotlight/stack/testing';
import calculateSlot from 'cluster-key-slot';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { silentLogger } from '../model/logger.ts';
import { connectRedis } from './connect-redis.ts';
import { mastersOf, openRedis } from './open-redis.ts';
import { reclaimKeys } from './reclaim-keys.ts';
import { RedisTier } from './redis-tier.ts';
import { Script } from './script.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { onEach, succeeds } from './testing/servers.ts';

/** Ends with its test. */
async function cluster(options: Partial<Parameters<typeof startRedisCluster>[0]> = {}): Promise<RunningRedisCluster> {
  const running = await startRedisCluster({ role: 'queue', ...options });
  onTestFinished(() => running.stop());
  return running;
}

/** Longer than usual, because these tests do not measure speed. */
const CACHE_TIMEOUT_MS = 1_000;

async function cacheOn(urls: { cacheUrl: string; queueUrl: string }, logger = silentLogger): Promise<CacheManager> {
  const ports = connectRedis({ ...urls, logger, cacheTimeout: CACHE_TIMEOUT_MS, allowUnsafeServers: true });
  const cache = new CacheManager({ ports, memoryBytes: 0, logger });
  onTestFinished(() => cache.close());
  await succeeds(async () => expect((await ports.ping()).cacheMs).not.toBeNull());
  await cache.start();
  return cache;
}

/** Reads or loads a key. Returns the tier of the answer. */
async function tierOf(cache: CacheManager, key: string): Promise<string | null> {
  const { value, outcome } = await cache.getOrLoadWithOutcome(key, () => key, { freshFor: '1h' });
  expect(value).toBe(key);
  return outcome.tier;
}

const KEYS = Array.from({ length: 120 }, (_, i) => `files:list:${i}`);
/** Returns which of three masters holds a slot. */
const indexOf = (slot: number) => [5_461, 10_922].filter((from) => slot >= from).length;

describe.each(['SIGKILL', 'SIGSTOP'] as const)('with a master of the cache gone (%s)', (signal) => {
  const isLost = (key: string) => indexOf(calculateSlot(key)) === 0;
  const expected = KEYS.map((key) => (isLost(key) ? null : 'redis'));

  test('reads of its keys neither fail nor wait, other keys use Redis, and all recover', async () => {
    const entries = await cluster({ role: 'cache', nodeTimeoutMs: 2_000 });
    const durable = await startRedis({ role: 'queue' });
    onTestFinished(() => durable.stop());
    const { logger, lines } = recordingLogger();
    const cache = await cacheOn({ cacheUrl: entries.url, queueUrl: durable.url }, logger);
    const tiers = () => Promise.all(KEYS.map((key) => tierOf(cache, key)));
    const allFromRedis = async () => expect(new Set(await tiers())).toEqual(new Set(['redis']));
    await succeeds(allFromRedis);

    const [first] = entries.nodes;
    first?.kill(signal);
    onTestFinished(() => first?.kill('SIGCONT'));
    expect(await tiers()).toEqual(expected);
    // A read that waited for the lost master would take its whole time-out; so the test waits for 20 quick ones.
    for (let quick = 0; quick < 20; ) {
      const began = performance.now();
      expect(await tiers()).toEqual(expected);
      if (performance.now() - began < CACHE_TIMEOUT_MS) quick++;
    }
    // The same holds once the other nodes have agreed that it is dead.
    await succeeds(async () => {
      const [info] = await onEach(entries.nodes.slice(1, 2), (node) => node.cluster('INFO'));
      expect(info).toMatch(/cluster_slots_fail:546\d/);
    });
    expect(await tiers()).toEqual(expected);
    const many = await cache.getMany(KEYS);
    expect(many.map((value) => value !== undefined)).toEqual(KEYS.map((key) => !isLost(key)));

    if (signal === 'SIGSTOP') first?.kill('SIGCONT');
    else await first?.restart();
    await entries.healthy();
    await succeeds(allFromRedis);
    const outages = lines.filter((line) => /does not answer|is unreachable/.test(line));
    expect(outages.length).toBeLessThanOrEqual(4);
  });
});

describe('the invalidation log of a cluster', () => {
  const slot = calculateSlot('{pilotlight:log}');

  test('continues in a later epoch on the replica that takes over', async () => {
    const running = await cluster({ replicas: 1, nodeTimeoutMs: 2_000 });
    const urls = { cacheUrl: running.url, queueUrl: running.url };
    const [a, b] = [await cacheOn(urls), await cacheOn(urls)];
    expect(await a.invalidate({ prefix: 'files' })).toMatchObject({ state: 'applied' });
    const before = b.internal.engine.follower.epoch;

    running.nodes[indexOf(slot)]?.kill('SIGKILL');
    const receipt = await succeeds(async () => {
      const receipt = await a.invalidate({ prefix: 'files' });
      if (receipt.state !== 'applied') throw new Error('expected it to be applied, it is pending');
      return receipt;
    });
    expect(receipt.epoch).toBeGreaterThan(before);
    await succeeds(async () => {
      expect(b.internal.engine.follower.isCurrent).toBe(true);
      expect(b.internal.engine.follower.epoch).toBe(receipt.epoch);
    });
    let truth = 'old';
    const read = (cache: CacheManager) => cache.getOrLoad('files:list:1', () => truth);
    await succeeds(async () => expect([await read(a), await read(b)]).toEqual(['old', 'old']));
    truth = 'new';
    await succeeds(async () => expect(await a.invalidate({ prefix: 'files' })).toMatchObject({ state: 'applied' }));
    expect(await read(b)).toBe('new');
  });

  test('begins a later epoch when its slot moves to another master', async () => {
    const running = await cluster();
    const cache = await cacheOn({ cacheUrl: running.url, queueUrl: running.url });
    await cache.invalidate({ prefix: 'files' });
    const { epoch } = cache.internal.engine.follower;
    await moveSlot(running, slot);
    await succeeds(async () => {
      const receipt = await cache.invalidate({ prefix: 'files' });
      expect(receipt).toMatchObject({ state: 'applied' });
      expect(cache.internal.engine.follower.epoch).toBeGreaterThan(epoch);
      expect(cache.internal.engine.follower.isCurrent).toBe(true);
    });
  });
});

test('a moving slot affects only reads of its own keys', async () => {
  const running = await cluster({ role: 'cache' });
  const client = openRedis('cacheUrl', running.url, { blocks: false });
  onTestFinished(() => client.disconnect());
  const tier = new RedisTier({ client, commandTimeoutMs: CACHE_TIMEOUT_MS, logger: silentLogger });
  const [gone, there] = ['files:{moving}:gone', 'files:{moving}:there'];
  await succeeds(() => Promise.all([gone, there, ...KEYS].map((key) => client.set(key, key))));
  const slot = calculateSlot(gone);
  const [from, to] = await mastersAround(running, slot);
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(await from.call('CLUSTER', 'MYID')));
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(await to.call('CLUSTER', 'MYID')));
  await from.unlink(gone); // as if it had moved already
  const answers = await Promise.allSettled([gone, there, ...KEYS].map((key) => tier.get(key)));
  expect(answers.slice(0, 2).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(answers.slice(2).map((answer) => answer.status === 'fulfilled' && String(answer.value))).toEqual(KEYS);
  expect(String(await tier.get(there))).toBe(there);
});

test('reclaim continues past keys that are moving to another master', async () => {
  const running = await cluster({ role: 'cache' });
  const client = openRedis('cacheUrl', running.url, { blocks: false });
  onTestFinished(() => client.disconnect());
  const entry = Buffer.alloc(200);
  entry.write('PLC2');
  await succeeds(() => Promise.all(KEYS.map((key) => client.set(key, entry))));
  const moving = 'files:list:0';
  const [from, to] = await mastersAround(running, calculateSlot(moving));
  await from.call('CLUSTER', 'SETSLOT', calculateSlot(moving), 'MIGRATING', String(await to.call('CLUSTER', 'MYID')));
  await from.unlink(moving); // as if it had moved already
  const onIt = KEYS.filter((key) => isOn(from, key));
  const master = mastersOf(client).find(({ options }) => options.port === from.options.port);
  if (!master) throw new Error('expected the client to know the master');
  expect(await reclaimKeys(new Script('reclaim'), client, master, onIt, { epoch: 1, asOf: 0 })).toBe(onIt.length - 1);

  function isOn(node: Redis, key: string): boolean {
    return running.nodes[indexOf(calculateSlot(key))]?.port === node.options.port;
  }
});

/** Returns the master that holds a slot, and another one. */
async function mastersAround({ nodes }: RunningRedisCluster, slot: number): Promise<[Redis, Redis]> {
  const index = indexOf(slot);
  const clients = [nodes[index], nodes[(index + 1) % 3]].map((node) => new Redis(node?.url ?? ''));
  onTestFinished(() => {
    for (const client of clients) client.disconnect();
  });
  return clients as [Redis, Redis];
}

async function moveSlot(running: RunningRedisCluster, slot: number): Promise<void> {
  const [from, to] = await mastersAround(running, slot);
  const [fromId, toId] = [String(await from.call('CLUSTER', 'MYID')), String(await to.call('CLUSTER', 'MYID'))];
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
  const { port, password } = to.options;
  await from.call('MIGRATE', '127.0.0.1', Number(port), '', 0, 5_000, 'AUTH', String(password), 'KEYS', ...keys);
  await onEach(running.nodes, (node) => node.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId));
}
