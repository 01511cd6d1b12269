import { beforeEach, expect, test } from 'vitest';
import { keyOf } from '../model/key.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { LoadMany } from './batch-load.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
let calls: string[][];
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
beforeEach(() => {
  calls = [];
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const loadMany: LoadMany<string, string> = async (targets) => {
  calls.push([...targets]);
  return targets.map((target) => `of ${target}`);
};
const KEYS = ['u:1', 'u:2', 'u:3'];

test('a batch asks the shared tier once and the origin once, and answers in the order of its targets', async () => {
  expect(await through(one.cache.getOrLoadMany(KEYS, loadMany))).toEqual(['of u:1', 'of u:2', 'of u:3']);
  expect(calls).toEqual([KEYS]);
  const before = world.shared.asks;
  expect(await through(other.cache.getOrLoadMany([...KEYS].reverse(), loadMany))).toEqual([
    'of u:3',
    'of u:2',
    'of u:1',
  ]);
  expect([world.shared.asks - before, calls.length]).toEqual([1, 1]);
});

test('a batch with outcomes reports how each key was answered', async () => {
  await through(other.cache.getOrLoad('u:2', () => 'cached'));
  const answers = await through(one.cache.getOrLoadManyWithOutcome(KEYS, loadMany));
  expect(
    answers.map(({ value, outcome: { outcome, tier, verified } }) => ({ value, outcome, tier, verified })),
  ).toEqual([
    { value: 'of u:1', outcome: 'miss', tier: null, verified: true },
    { value: 'cached', outcome: 'hit', tier: 'redis', verified: true },
    { value: 'of u:3', outcome: 'miss', tier: null, verified: true },
  ]);
});

test('a batch loads only the keys without an entry', async () => {
  await through(other.cache.getOrLoad('u:2', () => 'cached'));
  expect(await through(one.cache.getOrLoadMany(KEYS, loadMany))).toEqual(['of u:1', 'cached', 'of u:3']);
  expect(calls).toEqual([['u:1', 'u:3']]);
});

test('given a key that occurs twice in a batch, it is loaded once', async () => {
  expect(await through(one.cache.getOrLoadMany(['u:1', 'u:1', 'u:2'], loadMany))).toEqual([
    'of u:1',
    'of u:1',
    'of u:2',
  ]);
  expect(calls).toEqual([['u:1', 'u:2']]);
});

test('given a batch without targets, nothing is loaded', async () => {
  expect(await through(one.cache.getOrLoadMany([], loadMany))).toEqual([]);
  expect(calls).toEqual([]);
});

test('a single read and a batch share one load, in either order', async () => {
  const gate = Promise.withResolvers<void>();
  let singles = 0;
  const single = one.cache.getOrLoad('u:1', async () => {
    singles++;
    await gate.promise;
    return 'single';
  });
  await world.clock.settle();
  const slowly: typeof loadMany = async (targets, contexts) => {
    await gate.promise;
    return loadMany(targets, contexts);
  };
  const batch = one.cache.getOrLoadMany(['u:1', 'u:2'], slowly);
  await world.clock.settle();
  const joining = one.cache.getOrLoad('u:2', () => {
    singles++;
    return 'another load';
  });
  await world.clock.settle();
  gate.resolve();
  expect(await through(Promise.all([single, batch, joining]))).toEqual(['single', ['single', 'of u:2'], 'of u:2']);
  expect([calls, singles]).toEqual([[['u:2']], 1]);
});

test('given a key that another process loads, the other keys do not wait and it is not loaded again', async () => {
  const gate = Promise.withResolvers<string>();
  const slow = other.cache.getOrLoad('u:1', () => gate.promise);
  await world.clock.advance(5);
  const batch = one.cache.getOrLoadMany(KEYS, loadMany);
  await world.clock.advance(50);
  expect(calls).toEqual([['u:2', 'u:3']]);
  gate.resolve('of the other process');
  await through(slow);
  expect(await through(batch)).toEqual(['of the other process', 'of u:2', 'of u:3']);
  expect(calls).toHaveLength(1);
});

test('given an invalidation during a batch, its readers get the old values, later readers the new ones, and no old value is stored', async () => {
  const gate = Promise.withResolvers<void>();
  let version = 1;
  const versions: LoadMany<string, number> = async (targets) => {
    const seen = version;
    await gate.promise;
    return targets.map(() => seen);
  };
  const first = one.cache.getOrLoadMany(KEYS, versions);
  await world.clock.advance(5);
  version = 2;
  await through(other.cache.invalidate({ key: 'u:2' }));
  const later = one.cache.getOrLoadMany(KEYS, versions);
  await world.clock.advance(5);
  gate.resolve();
  expect(await through(first)).toEqual([1, 1, 1]);
  expect(await through(later)).toEqual([1, 2, 1]);
  expect(await through(other.cache.getMany(KEYS))).toEqual([1, 2, 1]);
});

test('each key of a batch has its own tags, scope and times', async () => {
  await through(
    one.cache.getOrLoadMany(KEYS, async (targets, contexts) => {
      for (const [i, target] of targets.entries()) contexts[i]?.tag(`tag of ${target}`);
      contexts[2]?.skipStore();
      return targets;
    }),
  );
  await through(one.cache.invalidate({ tag: 'tag of u:1' }));
  expect(await through(other.cache.getMany(KEYS))).toEqual([undefined, 'u:2', undefined]);
});

test('an error in place of a value fails that key alone', async () => {
  const partly: LoadMany<string, string> = async (targets) =>
    targets.map((target) => (target === 'u:2' ? new Error('no such user') : target));
  await expect(through(one.cache.getOrLoadMany(KEYS, partly))).rejects.toThrow('no such user');
  expect(await through(one.cache.getMany(KEYS))).toEqual(['u:1', undefined, 'u:3']);
});

test.each([
  ['too few values', async () => ['only one']],
  ['no list', async () => 'a text' as never],
] as const)(
  'given an answer with %s, the batch fails with an error that names the expected form',
  async (_what, answer) => {
    await expect(through(one.cache.getOrLoadMany(KEYS, answer))).rejects.toThrow(
      'the answer of loadMany: expected a list of 3 values',
    );
  },
);

test('given a load that throws, the batch fails with that error and stores nothing', async () => {
  const failing = () => Promise.reject(new Error('origin says no'));
  await expect(through(one.cache.getOrLoadMany(KEYS, failing))).rejects.toThrow('origin says no');
  expect(await through(one.cache.getMany(KEYS))).toEqual([undefined, undefined, undefined]);
});

test('given an unreachable log, a batch returns what it loads and nothing older', async () => {
  await through(one.cache.getOrLoadMany(KEYS, async (targets) => targets.map(() => 'before')));
  one.durable.cut();
  await world.clock.advance(5_000);
  expect(await through(one.cache.getOrLoadMany(KEYS, loadMany))).toEqual(['of u:1', 'of u:2', 'of u:3']);
});

test('getMany takes one round trip and returns undefined for missing keys', async () => {
  await through(other.cache.getOrLoadMany(['u:1', 'u:3'], loadMany));
  const before = world.shared.asks;
  expect(await through(one.cache.getMany(KEYS))).toEqual(['of u:1', undefined, 'of u:3']);
  expect(world.shared.asks - before).toBe(1);
});

test('given a load that reads a batch with its own key, the load fails and the other keys settle', async () => {
  const began = world.clock.monotonic();
  const cyclic = one.cache.getOrLoad('u:1', () => one.cache.getOrLoadMany(['u:1', 'u:2'], loadMany));
  await expect(through(cyclic)).rejects.toMatchObject({ code: 'LOAD_CYCLE' });
  await world.clock.settle();
  expect(one.cache.internal.engine.inFlight.get(keyOf('u:2'))).toBeUndefined();
  expect(await through(one.cache.getOrLoad('u:2', () => 'good'))).toBe('of u:2');
  expect(world.clock.monotonic()).toBe(began);
});
