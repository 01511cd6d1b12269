import { startRedis } from '@pilotlight/stack';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import { parseKey } from '../key.ts';
import { silentLogger } from '../logger.ts';
import { connectRedis, type RedisPorts } from './connect-redis.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
const opened: RedisPorts[] = [];
beforeAll(async () => {
  server = await startRedis({ role: 'queue' });
});
afterAll(async () => {
  for (const ports of opened) await ports.close();
  await server.stop();
});

async function connect(namespace: string): Promise<RedisPorts> {
  const ports = connectRedis({ cacheUrl: server.url, queueUrl: server.url, logger: silentLogger, namespace });
  opened.push(ports);
  await vi.waitFor(async () => expect((await ports.ping()).queueMs).not.toBeNull(), { timeout: 10_000 });
  return ports;
}

test('counts of two processes are one sum, until they are reset', async () => {
  const [one, other] = [await connect('counters'), await connect('counters')];
  await Promise.all([one.counters.add({ 'a|hit': 2, 'a|miss': 1 }), other.counters.add({ 'a|hit': 3 })]);
  expect(await one.counters.read()).toEqual({ 'a|hit': 5, 'a|miss': 1 });
  await other.counters.reset();
  expect(await one.counters.read()).toEqual({});
});

test('demand of two processes is one sum, the most asked first, of the asked prefixes only', async () => {
  const [one, other] = [await connect('hot'), await connect('hot')];
  const recipe = (prefix: string) => ({ prefix, name: 'n', params: { q: 'größe' } });
  const demand = (key: string, prefix: string, reads: number) => ({
    key: parseKey(key),
    recipe: recipe(prefix),
    reads,
  });
  await one.hotKeys.add([
    demand('search:a', 'search', 3),
    demand('search:b', 'search', 4),
    demand('stats:c', 'stats', 9),
  ]);
  await other.hotKeys.add([demand('search:a', 'search', 3)]);
  expect(await one.hotKeys.top(10, ['search'])).toEqual([
    { key: 'search:a', recipe: recipe('search') },
    { key: 'search:b', recipe: recipe('search') },
  ]);
  expect((await other.hotKeys.top(1, ['search', 'stats'])).map(({ key }) => key)).toEqual(['stats:c']);
});

test('hot keys are bounded: of a flood of unique ones the hot stay', async () => {
  const ports = await connect('flood');
  const recipe = { prefix: 'search', name: 'n', params: null };
  await ports.hotKeys.add([{ key: parseKey('search:hot'), recipe, reads: 50 }]);
  for (let i = 0; i < 15; i++) {
    const flood = Array.from({ length: 200 }, (_, j) => ({ key: parseKey(`search:${i}-${j}`), recipe, reads: 1 }));
    await ports.hotKeys.add(flood);
  }
  const top = await ports.hotKeys.top(10_000, ['search']);
  expect(top[0]?.key).toBe('search:hot');
  expect(top).toHaveLength(2_000);
});

test('a cache closes although it is blocked reading the log, and although the server is frozen', async () => {
  const [one, other] = [
    new CacheManager({ ports: await connect('close') }),
    new CacheManager({ ports: await connect('close') }),
  ];
  for (const cache of [one, other]) {
    await cache.start();
    expect(cache.engine.follower.isCurrent).toBe(true);
  }
  await one.close();
  server.kill('SIGSTOP');
  try {
    await other.close();
  } finally {
    server.kill('SIGCONT');
  }
});
