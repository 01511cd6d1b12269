import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedProcess, SimulatedWorld, SlowOrigin } from '../testing/index.ts';

let world: SimulatedWorld;
let processes: SimulatedProcess[];
beforeEach(async () => {
  world = new SimulatedWorld();
  processes = [];
  for (let i = 0; i < 4; i++) processes.push(await world.process());
});
afterEach(() => world.close());
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'films:popular';
const POLICY = { freshFor: '10s', staleFor: '1h', jitter: 0, earlyRefresh: 0 } as const;

/** Each process asks `times` times at once. */
const askEverywhere = <Result>(times: number, ask: (process: SimulatedProcess) => Promise<Result>) =>
  processes.flatMap((process) => Array.from({ length: times }, () => ask(process)));

test('a key that just ran out of its freshness is reloaded once over all processes, and nobody waits for it', async () => {
  const origin = new SlowOrigin();
  origin.hurry();
  await through(Promise.all(askEverywhere(1, ({ cache }) => cache.getOrLoad(KEY, origin.load, POLICY))));
  await world.clock.advance(10_000);
  const slow = new SlowOrigin();
  const began = world.clock.monotonic();
  const answers = await Promise.all(
    askEverywhere(100, ({ cache }) => cache.getOrLoadWithOutcome(KEY, slow.load, POLICY)),
  );
  expect(world.clock.monotonic()).toBe(began);
  expect(new Set(answers.map(({ value, outcome }) => `${value} ${outcome.reason}`))).toEqual(
    new Set(['old revalidating']),
  );
  await world.clock.settle();
  expect(slow.loads).toBe(1);
  slow.hurry();
  slow.open('before');
  await world.clock.settle();
  slow.open('after');
  await world.clock.settle();
  expect(slow.loads).toBe(1);
});

test('a key past all its time is loaded once over all processes, too', async () => {
  const policy = { ...POLICY, staleFor: 0 };
  let loads = 0;
  const load = async () => {
    await world.clock.sleep(500);
    return ++loads;
  };
  await through(Promise.all(askEverywhere(1, ({ cache }) => cache.getOrLoad(KEY, load, policy))));
  await world.clock.advance(10_000);
  const answers = await through(Promise.all(askEverywhere(100, ({ cache }) => cache.getOrLoad(KEY, load, policy))));
  expect(new Set(answers)).toEqual(new Set([2]));
});

test('a load that fails fails all who waited for it in its process, by one call', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  let loads = 0;
  const load = async () => {
    loads++;
    await world.clock.sleep(100);
    throw new Error('the database is away');
  };
  const answers = await through(
    Promise.allSettled(Array.from({ length: 100 }, () => cache.getOrLoad(KEY, load, POLICY))),
  );
  expect(new Set(answers.map((answer) => answer.status === 'rejected' && String(answer.reason)))).toEqual(
    new Set(['Error: the database is away']),
  );
  expect(loads).toBe(1);
});

test('who asks again in the handler of a failed load gets a load of its own', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  const answer = cache
    .getOrLoad(KEY, () => Promise.reject(new Error('once')), POLICY)
    .catch(() => cache.getOrLoad(KEY, () => 'second', POLICY));
  expect(await through(answer)).toBe('second');
});

test('a load that throws before it gives a promise leaves nothing locked: the next reader, anywhere, loads', async () => {
  const [one, other] = processes as [SimulatedProcess, SimulatedProcess];
  const thrower = (): Promise<string> => {
    throw new Error('at once');
  };
  await expect(through(one.cache.getOrLoad(KEY, thrower, POLICY))).rejects.toThrow('at once');
  const began = world.clock.monotonic();
  expect(await through(other.cache.getOrLoad(KEY, () => 'loaded', POLICY))).toBe('loaded');
  expect(world.clock.monotonic()).toBe(began);
});

test('an early refresh that throws at once leaves nothing locked either: the key is reloaded when its time has come', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  const eager = { ...POLICY, staleFor: 0, earlyRefresh: 1 };
  const slowly = async () => {
    await world.clock.sleep(1_000);
    return 'first';
  };
  await through(cache.getOrLoad(KEY, slowly, eager));
  let throws = 0;
  const thrower = (): string => {
    throws++;
    throw new Error('at once');
  };
  const { value, outcome } = await through(cache.getOrLoadWithOutcome(KEY, thrower, eager));
  expect([value, outcome.reason]).toEqual(['first', 'early-refresh']);
  await world.clock.settle();
  expect(throws).toBe(1);
  await world.clock.advance(10_000);
  expect(await through(cache.getOrLoad(KEY, () => 'second', eager))).toBe('second');
});

test('who comes when an answer has ended joins its early refresh, if that is still under way', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  const eager = { ...POLICY, staleFor: 0, earlyRefresh: 1 };
  let loads = 0;
  const load = async () => {
    const mine = ++loads;
    await world.clock.sleep(8_000);
    return mine;
  };
  await through(cache.getOrLoad(KEY, load, eager));
  await world.clock.advance(5_000);
  expect(await through(cache.getOrLoad(KEY, load, eager))).toBe(1);
  await world.clock.advance(5_000);
  const { value, outcome } = await through(cache.getOrLoadWithOutcome(KEY, load, eager));
  expect([value, outcome.collapsed, loads]).toEqual([2, true, 2]);
});

test('with a load done, nothing is kept of it but its answer: nobody loads, and no lock is held', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  await through(cache.getOrLoad(KEY, () => 'loaded', POLICY));
  await through(cache.getOrLoad(KEY, () => Promise.reject(new Error('never asked')), POLICY));
  await expect(through(cache.getOrLoad('films:broken', () => Promise.reject(new Error('broken'))))).rejects.toThrow();
  await world.clock.settle();
  for (const key of [KEY, 'films:broken']) expect((await through(cache.inspect(key))).loading).toBe('nobody');
});

test('answers that may not be stored make no queue of the processes that want them', async () => {
  const began = world.clock.monotonic();
  const answers = askEverywhere(10, ({ cache }) =>
    cache.getOrLoad(KEY, async ({ skipStore }) => {
      skipStore();
      await world.clock.sleep(1_000);
      return 'for those who waited';
    }),
  );
  await through(Promise.all(answers));
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(2_000);
});

test('a load that takes long to fail makes no queue of the processes that want it', async () => {
  const began = world.clock.monotonic();
  const answers = askEverywhere(10, ({ cache }) =>
    cache.getOrLoad(KEY, async () => {
      await world.clock.sleep(1_000);
      throw new Error('the database is away');
    }),
  );
  await through(Promise.allSettled(answers));
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(2_000);
});
