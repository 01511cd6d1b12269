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
const KEY = 'settings:all';

// Complaint: A change by one caller shows in the value of another.
// Threads: jaredwray/cacheable#100, jaredwray/cacheable#137, jaredwray/cacheable#103, jaredwray/cacheable#174
test('changing a shared answer throws and affects no other reader', async () => {
  const load = () => ({ theme: { colour: 'blue' }, list: [1] });
  const mine = await through(one.cache.getOrLoad(KEY, load));
  expect(() => Object.assign(mine.theme, { colour: 'red' })).toThrow(TypeError);
  expect(() => Array.prototype.push.call(mine.list, 2)).toThrow(TypeError);
  for (const { cache } of [one, other]) expect(await through(cache.getOrLoad(KEY, load))).toEqual(load());
});

// Complaint: A change by one caller shows in the value of another.
test('later changes to a loaded or set object do not affect the cache', async () => {
  const object = { colour: 'blue' };
  await through(one.cache.getOrLoad(KEY, () => object));
  await through(one.cache.set('settings:set', object));
  object.colour = 'red';
  for (const key of [KEY, 'settings:set'])
    for (const { cache } of [one, other]) expect(await through(cache.get(key))).toEqual({ colour: 'blue' });
  expect(Object.isFrozen(object)).toBe(false);
});

// Complaint: Memory refilled from the second tier holds another form of the value.
// Threads: Julien-R44/bentocache#113
test('the loading reader and later readers get the same form of the value', async () => {
  const load = () => ({ at: new Date(0), gone: undefined, exact: -0 });
  const given = [
    await through(one.cache.getOrLoad(KEY, load)),
    await through(one.cache.getOrLoad(KEY, load)),
    await through(other.cache.getOrLoad(KEY, load)),
  ];
  for (const value of given) expect(value).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', exact: 0 });
});

test.each([
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['a BigInt', 1n],
  ['a promise in it', { later: Promise.resolve(1) }],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
])('%s is refused by name, not cached in another form', async (_what, value) => {
  await expect(through(one.cache.getOrLoad<unknown>(KEY, () => value))).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(KEY),
  });
  const set = through(one.cache.set(KEY, value)).catch((error: unknown) => error);
  expect(await set).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await through(one.cache.has(KEY))).toBe(false);
});

// Complaint: `undefined` is cached silently. Here it is a value; `negativeFor: 0` excludes it.
// Threads: Julien-R44/bentocache#45
test('undefined is a cached value and differs from a missing key', async () => {
  let loads = 0;
  const load = () => {
    loads++;
    return undefined;
  };
  for (const { cache } of [one, one, other]) expect(await through(cache.getOrLoad(KEY, load))).toBeUndefined();
  expect(loads).toBe(1);
  expect(await through(other.cache.has(KEY))).toBe(true);
});

// Complaint: Bytes of another version fail the call.
// Threads: ZiggyCreatures/FusionCache#324, ZiggyCreatures/FusionCache#329, ZiggyCreatures/FusionCache#388
test('foreign bytes in the shared tier are a miss, and the load replaces them', async () => {
  for (const bytes of ['', 'null', '{"value":"another library’s"}', '\u0001\u0002\u0003'.repeat(40)]) {
    world.shared.write(KEY, Buffer.from(bytes));
    const fresh = await world.process();
    const { value, outcome } = await through(fresh.cache.getOrLoadWithOutcome(KEY, () => bytes.length));
    expect([value, outcome.outcome]).toEqual([bytes.length, 'miss']);
    await world.clock.settle();
    expect(world.shared.read(KEY)?.equals(Buffer.from(bytes))).toBe(false);
    await through(fresh.cache.delete(KEY));
  }
});
