import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';

const KEY = parseKey('search:large');
const MEMORY_BYTES = 65_536;
const SHARED_BYTES = 32_768;

let world: SimulatedWorld;
beforeEach(() => {
  world = new SimulatedWorld();
});
afterEach(() => world.close());

const small = { memoryBytes: MEMORY_BYTES, envelope: { maxEntryBytes: SHARED_BYTES, compression: 'none' } } as const;
const read = ({ cache }: SimulatedProcess, chars: number) =>
  world.clock.through(cache.getOrLoadWithOutcome(KEY, () => 'x'.repeat(chars)));

describe.each([
  ['with a shared tier', {}],
  ['with memory alone', { ports: { shared: null } }],
])('%s', (_, options) => {
  test('given an answer that fits no tier, no outcome has stored', async () => {
    const one = await world.process({ ...small, ...options });
    for (let i = 0; i < 3; i++)
      expect((await read(one, 2 * MEMORY_BYTES)).outcome).toMatchObject({ outcome: 'miss', stored: false });
  });

  test('given a value that fits no tier, set returns false and the earlier value is gone', async () => {
    const { cache } = await world.process({ ...small, ...options });
    expect(await world.clock.through(cache.set(KEY, 'small'))).toBe(true);
    expect(await world.clock.through(cache.set(KEY, 'x'.repeat(2 * MEMORY_BYTES)))).toBe(false);
    expect(await world.clock.through(cache.get(KEY))).toBeUndefined();
  });

  test('given a value that memory alone can hold, set returns true', async () => {
    const { cache } = await world.process({ ...small, ...options });
    expect(await world.clock.through(cache.set(KEY, 'x'.repeat(40_000)))).toBe(true);
  });

  test('given an answer that memory holds as bytes alone, it was stored and the next read is a hit', async () => {
    const one = await world.process({ ...small, ...options });
    expect((await read(one, 40_000)).outcome).toMatchObject({ outcome: 'miss', stored: true });
    for (let i = 0; i < 2; i++)
      expect((await read(one, 40_000)).outcome).toMatchObject({ outcome: 'hit', tier: 'memory' });
  });
});

test('given an answer that the shared tier alone can hold, it was stored and the next read is a hit there', async () => {
  const one = await world.process({ ...small, memoryBytes: 16_384 });
  expect((await read(one, 20_000)).outcome).toMatchObject({ outcome: 'miss', stored: true });
  await world.clock.settle();
  expect((await read(one, 20_000)).outcome).toMatchObject({ outcome: 'hit', tier: 'redis' });
});

test.each([
  ['the shared tier', {}, 40_000],
  ['the only tier', { ports: { shared: null } }, 2 * MEMORY_BYTES],
])('given an answer that %s can not hold, it is warmed once an hour and logged once', async (_, options, chars) => {
  const one = await world.process({ ...small, ...options });
  let loads = 0;
  const warm = () =>
    world.clock.through(
      one.cache.warm(
        KEY,
        () => {
          loads++;
          return 'x'.repeat(chars);
        },
        resolvePolicy(),
        0,
      ),
    );
  const answers: boolean[] = [];
  for (let i = 0; i < 10; i++) {
    answers.push(await warm());
    await world.clock.advance(5_000);
  }
  expect([loads, answers.filter(Boolean).length]).toEqual([1, 1]);
  await world.clock.advance(3_600_000);
  await warm();
  expect(loads).toBe(2);
  expect(one.logged.filter((line) => line.startsWith('warn')).length).toBeLessThanOrEqual(2);
});

test('given a large answer that shrinks, warming loads its key again', async () => {
  const [worker, reader] = [await world.process(small), await world.process(small)];
  let chars = 40_000;
  let loads = 0;
  const load = () => {
    loads++;
    return 'x'.repeat(chars);
  };
  const warm = () => world.clock.through(worker.cache.warm(KEY, load, resolvePolicy(), 200_000));
  expect([await warm(), await warm(), loads]).toEqual([true, false, 1]);
  chars = 1_000;
  await read(reader, chars);
  await world.clock.advance(200_000);
  expect([await warm(), loads]).toEqual([true, 2]);
});
