import { startRedis } from '@pilotlight/stack';
import { startRedisCluster } from '@pilotlight/stack/testing';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { DEMAND_HALF_LIFE_MS } from '../demand/hot-keys.ts';
import { parseKey } from '../model/key.ts';
import { silentLogger } from '../model/logger.ts';
import { counterStoreContract } from '../ports/testing/counter-store-contract.ts';
import { hotKeyStoreContract } from '../ports/testing/hot-key-store-contract.ts';
import { connectRedis, type RedisConnections, type RedisPorts } from './connect-redis.ts';
import { onEach, type Servers, serversOf, succeeds } from './testing/servers.ts';

const SERVERS = {
  Redis: async () => serversOf(await startRedis({ role: 'queue' })),
  'a Redis Cluster': async () => serversOf(await startRedisCluster({ role: 'queue' })),
};

describe.each(Object.entries(SERVERS))('on %s', (_, start) => {
  let servers: Servers;
  const opened: RedisPorts[] = [];
  beforeAll(async () => {
    servers = await start();
  });
  afterAll(async () => {
    for (const ports of opened) await ports.close();
    await servers.stop();
  });

  async function connect(namespace: string, more: Partial<RedisConnections> = {}): Promise<RedisPorts> {
    const ports = connectRedis({
      cacheUrl: servers.url,
      queueUrl: servers.url,
      logger: silentLogger,
      namespace,
      allowUnsafeServers: true,
      ...more,
    });
    opened.push(ports);
    await succeeds(async () => expect(await ports.ping()).not.toMatchObject({ queueMs: null }));
    return ports;
  }

  let counterWorlds = 0;
  counterStoreContract(async () => {
    const namespace = `counters-${++counterWorlds}`;
    const [one, other] = [await connect(namespace), await connect(namespace)];
    return { one: one.counters, other: other.counters };
  });

  test('counts survive the end of the process that added them', async () => {
    const first = await connect('survivor');
    await first.counters.add({ 'a|hit': 2 });
    await first.close();
    const next = await connect('survivor');
    expect(await next.counters.read()).toEqual({ 'a|hit': 2 });
    expect((await next.counters.recent?.())?.minutes.map(({ counts }) => counts['a|hit'] ?? 0)).toContain(2);
  });

  test('minutes that are older than an hour are not counted, and expire', async () => {
    const { counters } = await connect('minutes');
    await counters.add({ 'a|hit': 1 });
    const present = Math.floor(Date.now() / 60_000);
    const add = (minutesAgo: number, n: number) => async (node: Redis) =>
      node.hset(`{minutes:read-counters}:${present - minutesAgo}`, 'a|hit', n).catch(() => undefined);
    for (const [minutesAgo, n] of [
      [30, 10],
      [70, 100],
    ] as const)
      await onEach(servers.nodes, add(minutesAgo, n));
    const { minutes = [] } = (await counters.recent?.()) ?? {};
    expect(minutes.reduce((sum, { counts }) => sum + (counts['a|hit'] ?? 0), 0)).toBe(11);
    await onEach(servers.nodes, add(30, 1_000));
    await counters.add({ 'a|hit': 1 });
    const later = (await counters.recent?.())?.minutes ?? [];
    expect(
      later.reduce((sum, { counts }) => sum + (counts['a|hit'] ?? 0), 0),
      'reads an ended minute once',
    ).toBe(12);
    const ttls = await onEach(servers.nodes, async (node) => {
      const keys = await node.keys('{minutes:read-counters}:*');
      return Promise.all(keys.map((key) => node.pttl(key)));
    });
    expect(Math.max(...ttls.flat())).toBeGreaterThan(61 * 60_000);
    expect(Math.max(...ttls.flat())).toBeLessThanOrEqual(62 * 60_000);
  });

  test('given many prefixes, the counts of a minute stay bounded and complete', async () => {
    const { counters } = await connect('many-in-a-minute', { queueTimeout: '30s' });
    for (let process = 0; process < 15; process++) {
      const names = Array.from({ length: 100 }, (_, i) => `${process}-${i}|hit`);
      await counters.add(Object.fromEntries(names.map((name) => [name, 1])));
    }
    const { minutes = [] } = (await counters.recent?.()) ?? {};
    expect(Math.max(...minutes.map(({ counts }) => Object.keys(counts).length))).toBeLessThanOrEqual(1_001);
    const all = minutes.flatMap(({ counts }) => Object.values(counts));
    expect(all.reduce((sum, n) => sum + n, 0)).toBe(1_500);
  });

  test('given many processes with different prefixes, the counts stay bounded and complete', async () => {
    const { counters } = await connect('many-prefixes', { queueTimeout: '30s' });
    await counters.add({ 'known|hit': 1 });
    for (let process = 0; process < 250; process++) {
      const names = Array.from({ length: 100 }, (_, i) => `${process}-${i}|hit`);
      await counters.add(Object.fromEntries(names.map((name) => [name, 1])));
    }
    await counters.add({ 'known|hit': 1 });
    const counts = await counters.read();
    expect(counts['known|hit']).toBe(2);
    expect(Object.keys(counts).length).toBeLessThanOrEqual(20_100);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(25_002);
  });

  let worlds = 0;
  hotKeyStoreContract(async () => {
    const namespace = `hot-${++worlds}`;
    const [one, other] = [await connect(namespace), await connect(namespace)];
    return { one: one.hotKeys, other: other.hotKeys };
  });

  test('faded demand is forgotten with its recipe at the next report', async () => {
    const { hotKeys } = await connect('faded');
    const demandOf = (key: string) => ({ key: parseKey(key), recipe: `recipe of ${key}`, reads: 1, loadMs: 1 });
    await hotKeys.add([demandOf('a:faded'), demandOf('a:asked')]);
    const agoInHalfLives = (n: number) => Date.now() / DEMAND_HALF_LIFE_MS - n;
    const fade = (node: Redis) => node.zadd('{faded:hot}:reads', agoInHalfLives(2.1), 'a:faded').catch(() => undefined);
    await onEach(servers.nodes, fade);
    await hotKeys.add([demandOf('a:new')]);
    const recipes = await onEach(servers.nodes, (node) => node.hgetall('{faded:hot}:recipe').catch(() => ({})));
    expect(Object.keys(Object.assign({}, ...recipes)).sort()).toEqual(['a:asked', 'a:new']);
    expect((await hotKeys.top(9, ['a'])).map(({ key }) => key).sort()).toEqual(['a:asked', 'a:new']);
  });

  test('only the log’s six keys and the counters have no time to live', async () => {
    const namespace = 'ttl';
    const ports = await connect(namespace);
    const cache = new CacheManager({ ports });
    await cache.start();
    await cache.getOrLoad('ttl-entries:list:1', (context) => {
      context.tag('a');
      return 1;
    });
    await cache.invalidate([{ tag: 'a' }, { prefix: 'ttl-entries', scope: { levels: ['ERROR'] } }, { key: 'a:b' }], {
      eventId: 'e',
    });
    await cache.getOrLoad('ttl-entries:list:2', () => 1);
    await ports.counters.add({ 'a|hit': 1 });
    await ports.hotKeys.add([{ key: parseKey('a:b'), recipe: '{}', reads: 1, loadMs: 1 }]);
    const turn = await ports.lock.acquire('a');
    const found = await onEach(servers.nodes, async (node) => {
      const keys = (await node.keys('*')).filter((key) => key.includes(namespace));
      return Promise.all(keys.map(async (key) => [key, await node.pttl(key)] as const));
    });
    // A key may expire between its listing and its time.
    const ttls = found.flat().filter(([, ms]) => ms !== -2);
    if (turn.held) await turn.release();
    await cache.close();
    expect(ttls.filter(([, ms]) => ms === -1).map(([key]) => key)).toEqual(
      expect.arrayContaining([
        '{ttl:log}:record',
        '{ttl:log}:stream',
        '{ttl:log}:hits',
        '{ttl:log}:key-hits',
        'ttl:read-counters',
      ]),
    );
    for (const [key, ms] of ttls) {
      if (ms === -1)
        expect(key).toMatch(/^\{ttl:log\}:(record|stream|followers|hits|scoped-hits|key-hits)$|^ttl:read-counters$/);
      else expect(ms).toBeGreaterThan(0);
    }
    const lasting = ttls.filter(([, ms]) => ms > 0).map(([key]) => key);
    for (const key of ['{ttl:log}:event:e', '{ttl:hot}:reads', 'ttl:lock:a', 'ttl-entries:list:2'])
      expect(lasting).toContain(key);
  });

  test('a cache closes while it reads the log and while the server is frozen', async () => {
    const [one, other] = [
      new CacheManager({ ports: await connect('close') }),
      new CacheManager({ ports: await connect('close') }),
    ];
    for (const cache of [one, other]) {
      await cache.start();
      expect(cache.internal.engine.follower.isCurrent).toBe(true);
    }
    await one.close();
    servers.signal('SIGSTOP');
    try {
      await other.close();
    } finally {
      servers.signal('SIGCONT');
    }
  });
});
