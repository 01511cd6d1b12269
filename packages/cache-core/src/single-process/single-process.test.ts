import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CacheManager } from '../cache-manager.ts';
import type { CacheOptions } from '../cache-options.ts';
import { MOMENTS, overtake } from '../engine/testing/fence-scenario.ts';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { ManualClock } from '../testing/index.ts';
import { singleProcess } from './single-process.ts';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});
const through = <Result>(promise: Promise<Result>) => clock.through(promise);
const opened: CacheManager[] = [];
afterEach(async () => {
  for (const cache of opened.splice(0)) await through(cache.close());
});

async function start(ports = singleProcess(clock), options: Partial<CacheOptions> = {}): Promise<CacheManager> {
  const cache = new CacheManager({ ports, clock, ...options });
  opened.push(cache);
  await through(cache.start());
  return cache;
}

describe('a cache in one process', () => {
  test('is current from its start and stores values without time passing', async () => {
    const cache = await start();
    const began = clock.monotonic();
    expect(cache.internal.engine.follower.isCurrent).toBe(true);
    expect(await through(cache.set('user:1', { n: 1 }))).toBe(true);
    expect([await through(cache.get('user:1')), await through(cache.get('user:2'))]).toEqual([{ n: 1 }, undefined]);
    expect(await through(cache.delete('user:1'))).toBe(true);
    expect(await through(cache.has('user:1'))).toBe(false);
    expect(await through(cache.invalidate({ tag: 'a' }))).toMatchObject({ state: 'applied', receiptMs: 0 });
    expect(clock.monotonic()).toBe(began);
  });

  test('that has just started acknowledges each write without time passing', async () => {
    expect(clock.monotonic()).toBe(0);
    const cache = new CacheManager({ ports: singleProcess(clock), clock });
    opened.push(cache);
    await through(cache.start());
    expect(await through(cache.invalidate({ tag: 'a' }))).toMatchObject({ state: 'applied', receiptMs: 0 });
    expect(await through(cache.set('user:1', 1))).toBe(true);
    expect(await through(cache.delete('user:1'))).toBe(true);
    expect(clock.monotonic()).toBe(0);
  });

  test('loads once for many readers, and again after an invalidation', async () => {
    const cache = await start();
    let loads = 0;
    const read = () =>
      through(
        cache.getOrLoad('stats:a', (context) => {
          context.tag('project-7');
          return ++loads;
        }),
      );
    expect(await Promise.all(Array.from({ length: 100 }, read))).toEqual(Array.from({ length: 100 }, () => 1));
    for (const selector of [{ tag: 'project-7' }, { prefix: 'stats' }, { all: true }] as const) {
      const before = loads;
      await through(cache.invalidate(selector));
      expect(await read()).toBe(before + 1);
    }
    await through(cache.set('stats:b', 1));
    expect(await through(cache.clearPattern('stats:*'))).toBe(2);
  });

  test('counts its reads and lists its hot keys', async () => {
    const cache = await start();
    const recipe = { prefix: 'stats', name: 'n', params: null };
    for (let i = 0; i < 3; i++)
      await through(cache.internal.reader.read(buildKey(recipe), () => 1, resolvePolicy(), recipe));
    expect(await through(cache.getStats())).toMatchObject({ hits: 2, misses: 1 });
    expect(await through(cache.hotKeys(10, ['stats']))).toEqual([
      { key: buildKey(recipe), recipe, reads: 3, loadMs: 0 },
    ]);
    await through(cache.resetStats());
    expect(await through(cache.getStats())).toMatchObject({ total_requests: 0 });
  });

  test('keeps entries that ten thousand invalidations did not hit', async () => {
    const cache = await start();
    await through(cache.set('kept', 1, 3_600));
    for (let i = 0; i < 12_000; i += 500) {
      await through(
        Promise.all(Array.from({ length: 500 }, (_, j) => cache.invalidate({ prefix: `p${(i + j) % 50}` }))),
      );
      expect(await through(cache.get('kept'))).toBe(1);
    }
  });

  test('rejects writes once it is closed', async () => {
    const cache = await start();
    await through(cache.close());
    expect(await through(cache.set('k', 1))).toBe(false);
    expect((await through(cache.invalidate({ all: true }))).state).toBe('pending');
  });
});

describe('two caches on the ports of one process', () => {
  // The moment after the store exists only with a shared tier: here each cache loads for itself.
  test.each(MOMENTS.slice(0, 2))(
    'an invalidation of the other %s keeps the old answer from later readers',
    async (moment) => {
      const ports = singleProcess(clock);
      const [a, b] = [await start(ports), await start(ports)];
      const two = { a, b, through, until: async () => clock.settle() };
      const story = await overtake(two, moment, { name: 'list', tag: 'project-7' });
      expect([...story.whileLoading, ...story.afterwards].filter((value) => value !== 'new')).toEqual([]);
    },
  );
});

test('an invalidation by one of two caches on the same ports affects both', async () => {
  const ports = singleProcess(clock);
  const both = [await start(ports), await start(ports)];
  let value = 'old';
  const read = () => through(Promise.all(both.map((cache) => cache.getOrLoad('stats:a', () => value))));
  expect(await read()).toEqual(['old', 'old']);
  value = 'new';
  await through(both[1]?.invalidate({ prefix: 'stats' }) ?? Promise.reject(new Error('expected two caches')));
  expect(await read()).toEqual(['new', 'new']);
});

test('a program that closes its cache ends', async () => {
  const program = `
    import { CacheManager, singleProcess } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const cache = new CacheManager({ ports: singleProcess() });
    await cache.start();
    await cache.set('k', 1);
    await cache.getOrLoad('stats:k', () => 1);
    console.log(await cache.get('k'));
    await cache.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  clearTimeout(limit);
  expect([code, said]).toEqual([0, '1\n']);
});
