import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

// Complaint: Loads that read other keys of the cache take all its locks and deadlock. Here a nested load needs no separate permit.
// Threads: symfony/symfony#41130, ZiggyCreatures/FusionCache#513, ben-manes/caffeine#729, ben-manes/caffeine#160
test('a load may read other keys of the cache, which are loaded and cached as usual', async () => {
  let loads = 0;
  const author = () => one.cache.getOrLoad('authors:1', () => ++loads);
  const posts = await through(
    Promise.all(
      [1, 2, 3].map((id) => one.cache.getOrLoad(`posts:${id}`, async () => ({ id, author: await author() }))),
    ),
  );
  expect(posts).toEqual([1, 2, 3].map((id) => ({ id, author: 1 })));
  expect(await through(other.cache.getOrLoad('authors:1', () => ++loads))).toBe(1);
});

// Complaint: Loads that read other keys of the cache take all its locks and deadlock. Here a nested load needs no separate permit.
test('more nested loads than the origin’s concurrency end without deadlock', async () => {
  const began = world.clock.monotonic();
  const posts = Array.from({ length: 40 }, (_, id) =>
    one.cache.getOrLoad(`posts:${id}`, async () => ({
      id,
      author: await one.cache.getOrLoad(`authors:${id}`, () => id),
    })),
  );
  const answers = await through(Promise.allSettled(posts));
  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(world.clock.monotonic() - began).toBeLessThan(1_000);
});

// Complaint: Loads that read other keys of the cache take all its locks and deadlock. Here a nested load needs no separate permit.
test('loads that hold every permit may wait for a load that waits for a permit', async () => {
  const began = world.clock.monotonic();
  const posts = Array.from({ length: 16 }, (_, id) =>
    one.cache.getOrLoad(`posts:${id}`, async () => {
      await world.clock.sleep(10);
      return { id, author: await one.cache.getOrLoad('authors:1', () => 'author') };
    }),
  );
  await world.clock.advance(5);
  const author = one.cache.getOrLoad('authors:1', () => 'author');
  const answers = await through(Promise.allSettled([...posts, author]));
  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(world.clock.monotonic() - began).toBeLessThan(1_000);
});

// Complaint: Loads that read other keys of the cache take all its locks and deadlock. Here a nested load needs no separate permit.
test('a load that reads a hundred keys keeps to the origin’s concurrency', async () => {
  let running = 0;
  let most = 0;
  const item = async () => {
    most = Math.max(most, ++running);
    await world.clock.sleep(10);
    running--;
    return 'item';
  };
  const list = () => Promise.all(Array.from({ length: 100 }, (_, i) => one.cache.getOrLoad(`items:${i}`, item)));
  expect(await through(one.cache.getOrLoad('lists:1', list))).toHaveLength(100);
  expect(most).toBeLessThanOrEqual(16);
});

// Complaint: A load that reads its own key never ends.
test('work that outlives its load no longer counts as nested in it', async () => {
  const policy = { freshFor: '1s', staleFor: 0 } as const;
  let later: Promise<unknown> | undefined;
  let loads = 0;
  const load = async (): Promise<number> => {
    later ??= world.clock.sleep(5_000).then(() => one.cache.getOrLoad('posts:1', load, policy));
    later.catch(() => undefined);
    return ++loads;
  };
  expect(await through(one.cache.getOrLoad('posts:1', load, policy))).toBe(1);
  await world.clock.advance(5_000);
  expect(await through(later ?? Promise.reject(new Error('expected it to run')))).toBe(2);
});

// Complaint: A load that reads its own key never ends.
// Threads: ZiggyCreatures/FusionCache#513, ben-manes/caffeine#1489
test('a load that reads its own key fails at once', async () => {
  const began = world.clock.monotonic();
  const load = (): Promise<unknown> => one.cache.getOrLoad('posts:1', load);
  await expect(through(one.cache.getOrLoad('posts:1', load))).rejects.toThrow(/posts:1/);
  expect(world.clock.monotonic() - began).toBeLessThan(1_000);
});

/** Starts loads of these keys together; each reads the next key, the last one the first. */
function ring(keys: readonly string[], read: (key: string, load: () => Promise<unknown>) => Promise<unknown>) {
  const loads = keys.map((_, i) => async (): Promise<unknown> => {
    await world.clock.sleep(10);
    return readAt((i + 1) % keys.length);
  });
  const readAt = (i: number) => read(keys[i] ?? '', loads[i] ?? (() => Promise.reject(new Error('no such load'))));
  return keys.map((_, i) => readAt(i));
}

const single = (key: string, load: () => Promise<unknown>) => one.cache.getOrLoad(key, load);
const inBatch = (key: string, load: () => Promise<unknown>) =>
  one.cache.getOrLoadMany([key, `${key}:other`], async (targets) => {
    const value = await load();
    return targets.map(() => value);
  });

test.each([
  ['two', ['a:1', 'b:1'], single],
  ['three', ['a:1', 'b:1', 'c:1'], single],
  ['two batches', ['a:1', 'b:1'], inBatch],
  ['three batches', ['a:1', 'b:1', 'c:1'], inBatch],
])('concurrent loads (%s) that read each other’s keys in a ring fail at once', async (_, keys, read) => {
  const began = world.clock.monotonic();
  const answers = await through(Promise.allSettled(ring(keys, read)));
  expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual(
    keys.map(() => 'LOAD_CYCLE'),
  );
  expect(world.clock.monotonic() - began).toBeLessThan(1_000);
  expect(one.cache.internal.engine.origins.get('default')?.state.running).toBe(0);
  expect(await through(one.cache.getOrLoad(keys[0] ?? '', () => 'good'))).toBe('good');
});

test('loads that share keys without a cycle succeed', async () => {
  const slowly = async (value: unknown) => {
    await world.clock.sleep(10);
    return value;
  };
  const d = () => one.cache.getOrLoad('d:1', () => slowly('d'));
  const c = () => one.cache.getOrLoad('c:1', async () => [await slowly('c'), await d()]);
  const both = async (name: string) => [name, ...(await Promise.all([slowly(name), c(), d()]))];
  const answers = ['a', 'b'].map((name) => one.cache.getOrLoad(`${name}:1`, () => both(name)));
  expect(await through(Promise.all([...answers, d()]))).toEqual([
    ['a', 'a', ['c', 'd'], 'd'],
    ['b', 'b', ['c', 'd'], 'd'],
    'd',
  ]);
});

test('a load that reads its own key blocks it for at most the load’s time', async () => {
  const load = (): Promise<unknown> => one.cache.getOrLoad('posts:1', load);
  await expect(through(one.cache.getOrLoad('posts:1', load, { hardTimeout: '5s' }))).rejects.toThrow();
  expect(await through(other.cache.getOrLoad('posts:1', () => 'loaded'))).toBe('loaded');
});

test('each reader keeps its asynchronous context, also if it joined another’s load', async () => {
  const request = new AsyncLocalStorage<number>();
  const load = async () => {
    await world.clock.sleep(100);
    return 'loaded';
  };
  const seen = [1, 2, 3].map((id) =>
    request.run(id, async () => {
      await one.cache.getOrLoad('posts:1', load);
      return request.getStore();
    }),
  );
  expect(await through(Promise.all(seen))).toEqual([1, 2, 3]);
});
