import { expect, test } from 'vitest';
import type { LoadMany } from '../engine/batch-load.ts';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEYS = ['items:1', 'items:2', 'items:3'];
const POLICY = { freshFor: '10s', staleFor: '60s', jitter: 0, earlyRefresh: 0 } as const;
const unasked = () => Promise.reject(new Error('asked for nothing'));

/** Loads each key as its name, and records the keys of each call. */
function noting(): { asked: string[][]; loadMany: LoadMany<string, string> } {
  const asked: string[][] = [];
  return {
    asked,
    loadMany: async (targets) => {
      asked.push([...targets]);
      return targets;
    },
  };
}

test('many keys cause one shared-tier read and one load, in order, without duplicates', async () => {
  const { asked, loadMany } = noting();
  const wanted = ['items:3', 'items:1', 'items:3', 'items:2'];
  expect(await through(one.cache.getOrLoadMany(wanted, loadMany, POLICY))).toEqual(wanted);
  expect(asked).toEqual([['items:3', 'items:1', 'items:2']]);
  await world.clock.settle();
  expect(await through(other.cache.getOrLoadMany(KEYS, unasked, POLICY))).toEqual(KEYS);
  expect(await through(other.cache.getMany([...KEYS, 'items:4']))).toEqual([...KEYS, undefined]);
});

test('an empty batch asks neither the shared tier nor the origin', async () => {
  expect(await through(one.cache.getOrLoadMany([], unasked))).toEqual([]);
  expect(await through(one.cache.getMany([]))).toEqual([]);
});

// Complaint: Several keys cannot be read at once.
// Threads: Julien-R44/bentocache#78, ZiggyCreatures/FusionCache#16
test('a batch loads only the missing keys', async () => {
  await through(other.cache.getOrLoad('items:2', () => 'there', POLICY));
  await world.clock.settle();
  const { asked, loadMany } = noting();
  expect(await through(one.cache.getOrLoadMany(KEYS, loadMany, POLICY))).toEqual(['items:1', 'there', 'items:3']);
  expect(asked).toEqual([['items:1', 'items:3']]);
});

// Complaint: In a batch, falsy values are loaded again and one `null` fails all keys.
// Threads: kibertoad/layered-loader#415, kibertoad/layered-loader#441
test('null, undefined, false, 0 and empty text are cached like other answers', async () => {
  const values = [null, undefined, false, 0, ''];
  const keys = values.map((_, i) => `items:${i}`);
  expect(await through(one.cache.getOrLoadMany(keys, async () => values, POLICY))).toEqual(values);
  await world.clock.settle();
  for (const { cache } of [one, other])
    expect(await through(cache.getOrLoadMany(keys, unasked, POLICY))).toEqual(values);
});

// Complaint: A bulk load and a single load load the same key twice.
// Threads: ben-manes/caffeine#601, ben-manes/caffeine#1292
test('a batch and a single read of one key share one load', async () => {
  const origin = new SlowOrigin();
  const { asked, loadMany } = noting();
  const single = one.cache.getOrLoad('items:1', origin.load, POLICY);
  await world.clock.settle();
  const slowMany: LoadMany<string, string> = async (targets, contexts) => {
    await world.clock.sleep(1_000);
    return loadMany(targets, contexts);
  };
  const batch = one.cache.getOrLoadMany(KEYS, slowMany, POLICY);
  await world.clock.settle();
  const other2 = one.cache.getOrLoad('items:2', unasked, POLICY);
  origin.hurry();
  origin.open('before');
  await world.clock.settle();
  origin.open('after');
  expect(await through(Promise.all([single, batch, other2]))).toEqual([
    'old',
    ['old', 'items:2', 'items:3'],
    'items:2',
  ]);
  expect(asked).toEqual([['items:2', 'items:3']]);
});

test('a batch with one failed key rejects, and its other answers stay cached', async () => {
  const failing: LoadMany<string, string> = async (targets) =>
    targets.map((target) => (target === 'items:2' ? new Error('no item 2') : target));
  await expect(through(one.cache.getOrLoadMany(KEYS, failing, POLICY))).rejects.toThrow('no item 2');
  await world.clock.settle();
  expect(await through(other.cache.getMany(KEYS))).toEqual(['items:1', undefined, 'items:3']);
});

test('a batch load with a wrong number of answers is refused', async () => {
  for (const answers of [[], ['one'], ['1', '2', '3', '4'], null, new Map([['items:1', 1]])]) {
    const loadMany = async () => answers as string[];
    await expect(through(one.cache.getOrLoadMany(KEYS, loadMany, POLICY))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  }
  expect(await through(one.cache.getMany(KEYS))).toEqual([undefined, undefined, undefined]);
});

test('a key invalidated during a batch is loaded again; the others stay cached', async () => {
  let value = 'old';
  const slowMany: LoadMany<string, string> = async (targets) => {
    const read = targets.map((target) => `${target} ${value}`);
    await world.clock.sleep(1_000);
    return read;
  };
  const batch = one.cache.getOrLoadMany(KEYS, slowMany, POLICY);
  await world.clock.advance(500);
  value = 'new';
  await through(other.cache.delete('items:2'));
  await through(batch);
  await world.clock.settle();
  expect(await through(other.cache.getOrLoadMany(KEYS, slowMany, POLICY))).toEqual([
    'items:1 old',
    'items:2 new',
    'items:3 old',
  ]);
});

test('each answer of a batch has separate tags and times', async () => {
  const loadMany: LoadMany<string, string> = async (targets, contexts) => {
    contexts.forEach(({ tag, freshFor }, i) => {
      tag(`tag-${i}`);
      freshFor(i === 2 ? 0 : '1h');
    });
    return targets;
  };
  await through(one.cache.getOrLoadMany(KEYS, loadMany, { ...POLICY, staleFor: 0 }));
  await through(other.cache.invalidate({ tag: 'tag-0' }));
  expect(await through(one.cache.getMany(KEYS))).toEqual([undefined, 'items:2', undefined]);
});

test('stale keys of a batch are served at once and reloaded by one load', async () => {
  const first = noting();
  await through(one.cache.getOrLoadMany(KEYS, first.loadMany, POLICY));
  await world.clock.advance(10_000);
  const again = noting();
  expect(await through(one.cache.getOrLoadMany(KEYS, again.loadMany, POLICY))).toEqual(KEYS);
  await world.clock.settle();
  expect(again.asked).toEqual([KEYS]);
});
