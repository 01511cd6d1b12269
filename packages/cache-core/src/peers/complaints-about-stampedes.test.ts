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

/** Calls `ask` `times` times at once on each process. */
const askEverywhere = <Result>(times: number, ask: (process: SimulatedProcess) => Promise<Result>) =>
  processes.flatMap((process) => Array.from({ length: times }, () => ask(process)));

// Complaint: Concurrent reads of a stale or expired value are not shared.
// Threads: mcollina/async-cache-dedupe#164, mcollina/async-cache-dedupe#197, nitrojs/nitro#271
// Complaint: Readers with a stale value wait for the lock.
// Threads: Julien-R44/bentocache#103
test('a key past freshUntil is reloaded once over all processes, and no reader waits', async () => {
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

// Complaint: Concurrent reads of a stale or expired value are not shared.
// Complaint: Sharing fails for values past their grace.
// Threads: varnishcache/varnish-cache#1799, varnishcache/varnish-cache#2519
test('a key past staleUntil is loaded once over all processes', async () => {
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

// Complaint: Waiters of a failing load repeat it one after the other. Here a process shares the error, and waits for one foreign load only.
// Threads: ben-manes/caffeine#521, ben-manes/caffeine#287, ben-manes/caffeine#539
test('a failed load fails all waiters of its process with one call', async () => {
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

// Complaint: A retry in the error handler joins the failed load.
// Threads: ben-manes/caffeine#290, ben-manes/caffeine#372
test('a read from the error handler of a failed load starts a new load', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  const answer = cache
    .getOrLoad(KEY, () => Promise.reject(new Error('once')), POLICY)
    .catch(() => cache.getOrLoad(KEY, () => 'second', POLICY));
  expect(await through(answer)).toBe('second');
});

// Complaint: An eager refresh that is cancelled or throws synchronously keeps its lock.
test('a load that throws synchronously leaves no lock: the next reader on any process loads', async () => {
  const [one, other] = processes as [SimulatedProcess, SimulatedProcess];
  const thrower = (): Promise<string> => {
    throw new Error('at once');
  };
  await expect(through(one.cache.getOrLoad(KEY, thrower, POLICY))).rejects.toThrow('at once');
  const began = world.clock.monotonic();
  expect(await through(other.cache.getOrLoad(KEY, () => 'loaded', POLICY))).toBe('loaded');
  expect(world.clock.monotonic()).toBe(began);
});

// Complaint: An eager refresh that is cancelled or throws synchronously keeps its lock.
// Threads: ZiggyCreatures/FusionCache#218, ZiggyCreatures/FusionCache#647
test('an early refresh that throws synchronously leaves no lock: the key is reloaded when due', async () => {
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

test('a reader after the end of an answer joins its early refresh in flight', async () => {
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

// Complaint: Ended calls are still remembered.
// Threads: mcollina/async-cache-dedupe#35, kibertoad/layered-loader#187
test('a finished load leaves only its answer: no load in flight and no lock', async () => {
  const [{ cache }] = processes as [SimulatedProcess];
  await through(cache.getOrLoad(KEY, () => 'loaded', POLICY));
  await through(cache.getOrLoad(KEY, () => Promise.reject(new Error('never asked')), POLICY));
  await expect(through(cache.getOrLoad('films:broken', () => Promise.reject(new Error('broken'))))).rejects.toThrow();
  await world.clock.settle();
  for (const key of [KEY, 'films:broken']) expect((await through(cache.inspect(key))).loading).toBe('nobody');
});

// Complaint: Uncacheable answers are fetched one by one. Here a process shares them, and waits for one foreign load only.
// Threads: varnishcache/varnish-cache#425, varnishcache/varnish-cache#2754
test('answers with skipStore do not make processes load one after the other', async () => {
  const began = world.clock.monotonic();
  const answers = askEverywhere(10, ({ cache }) =>
    cache.getOrLoad(KEY, async ({ skipStore }) => {
      skipStore();
      await world.clock.sleep(1_000);
      return 'for the waiters';
    }),
  );
  await through(Promise.all(answers));
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(2_000);
});

// Complaint: Waiters of a failing load repeat it one after the other. Here a process shares the error, and waits for one foreign load only.
test('a load that fails slowly does not make processes load one after the other', async () => {
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
