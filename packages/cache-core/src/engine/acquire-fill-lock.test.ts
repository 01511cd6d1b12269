import { afterEach, beforeEach, expect, test } from 'vitest';
import { Unreachable } from '../model/errors.ts';
import { buildKey, type CacheKey } from '../model/key.ts';
import { type SimulatedProcess, SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { lockName } from './acquire-fill-lock.ts';
import type { LoadContext } from './load-context.ts';
import { bodyOf, read } from './testing/fence-scenario.ts';

const KEY = buildKey({ prefix: 'stats', name: 'get', params: null });
let world: SimulatedWorld;
let processes: SimulatedProcess[];
let origin: SlowOrigin;
beforeEach(async () => {
  world = new SimulatedWorld();
  processes = [];
  for (let i = 0; i < 4; i++) processes.push(await world.process());
  origin = new SlowOrigin();
});
afterEach(() => world.close());

const processOf = (i: number) => {
  const process = processes[i];
  if (!process) throw new Error(`expected a process ${i}`);
  return process;
};
const readOn = (i: number) => read(processOf(i).cache, KEY, origin);
async function finishLoads(): Promise<void> {
  await world.clock.settle();
  origin.open('before');
  await world.clock.settle();
  origin.open('after');
}

test('given 1,000 readers of a cold key on 4 processes, one load runs and wakes every waiter at once', async () => {
  const began = world.clock.monotonic();
  const reads = Array.from({ length: 1_000 }, (_, i) => readOn(i % 4));
  await finishLoads();
  const answers = await Promise.all(reads);
  expect(origin.loads).toBe(1);
  expect(new Set(answers.map(bodyOf))).toEqual(new Set(['old']));
  expect(answers.filter(({ outcome }) => outcome.outcome === 'miss')).toHaveLength(250);
  expect(answers.filter(({ outcome }) => outcome.tier === 'redis')).toHaveLength(750);
  expect(world.clock.monotonic()).toBe(began);
});

test.each([
  { released: false, lookups: 1 },
  { released: true, lookups: 2 }, // the control
])(
  'given a lock that was released a moment ago: $released, a miss looks $lookups times',
  async ({ released, lookups }) => {
    origin.hurry();
    if (released) {
      const lock = world.lock.connect();
      const held = await lock.acquire(lockName(KEY, processOf(1).cache.internal.engine.follower));
      if (held.held) await held.release();
    }
    const before = world.shared.gets;
    await world.clock.through(readOn(0));
    expect(world.shared.gets - before).toBe(lookups);
  },
);

test('given a fill between the lookup and the acquire of another process, that process takes the entry', async () => {
  const late = processOf(1);
  late.locks.requestMs = () => 100;
  const waiting = readOn(1);
  await world.clock.settle();
  origin.hurry();
  await readOn(0);
  expect(bodyOf(await world.clock.through(waiting))).toBe('old');
  expect(origin.loads).toBe(1);
});

test('given an acquire that takes longer than the memory of a release, a miss looks again', async () => {
  const lock = world.lock.connect();
  const slow = { ...lock, acquire: (name: string) => world.clock.sleep(600).then(() => lock.acquire(name)) };
  const { cache } = await world.process({ ports: { lock: slow } });
  origin.hurry();
  const before = world.shared.gets;
  await world.clock.through(read(cache, KEY, origin));
  expect(world.shared.gets - before).toBe(2);
});

test('given a slow load, a waiter loads for itself after waitForFill and does not fail', async () => {
  const slow = expect(readOn(0)).rejects.toThrow(expect.objectContaining({ code: 'LOAD_TIMED_OUT' }));
  const waiting = readOn(1);
  await world.clock.advance(20_000);
  expect(origin.loads).toBe(1);
  origin.hurry();
  expect(bodyOf(await world.clock.through(waiting))).toBe('old');
  expect(origin.loads).toBe(2);
  await slow;
});

test('given a lock holder that dies, another process loads within seconds', async () => {
  const dying = readOn(0);
  await world.clock.settle();
  processOf(0).locks.cut();
  const began = world.clock.monotonic();
  const waiting = readOn(1);
  await world.clock.settle();
  origin.hurry();
  expect(bodyOf(await world.clock.through(waiting))).toBe('old');
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(6_000);
  await finishLoads();
  await world.clock.through(dying);
});

test('given a failed load, the next waiter loads and the error is not cached', async () => {
  const failing = processOf(0).cache.getOrLoad('stats:get:failing', async () => {
    await world.clock.sleep(10);
    throw new Error('origin says no');
  });
  await world.clock.settle();
  const waiting = processOf(1).cache.getOrLoad('stats:get:failing', () => 'fine');
  await expect(world.clock.through(failing)).rejects.toThrow('origin says no');
  expect(await world.clock.through(waiting)).toBe('fine');
});

test('given an invalidation during a load, a later reader does not wait for that load', async () => {
  const old = readOn(0);
  await world.clock.settle();
  origin.value = 'new';
  origin.hurry();
  await processOf(2).cache.invalidate({ prefix: 'stats' });
  const began = world.clock.monotonic();
  const answers = await world.clock.through(Promise.all([readOn(1), readOn(0)]));
  expect(answers.map(bodyOf)).toEqual(['new', 'new']);
  expect(world.clock.monotonic()).toBe(began);
  await finishLoads();
  await world.clock.through(old);
});

test('given an unreachable shared tier, no process waits and each loads once', async () => {
  for (const mode of ['reject', 'hang'] as const) {
    world.shared.fail(mode);
    const before = origin.loads;
    const reads = processes.map((_, i) => readOn(i));
    await world.clock.advance(50);
    expect(origin.loads - before).toBe(4);
    await finishLoads();
    await world.clock.through(Promise.all(reads));
    world.shared.recover();
    await world.clock.through(processOf(0).cache.invalidate({ all: true }));
  }
});

test('given a shared tier without an answer for one key, other keys are still loaded once over all processes', async () => {
  const ports = world.shared.connect();
  const shared = {
    ...ports,
    get: (key: string) => (key.startsWith('files:') ? Promise.reject(new Unreachable('it')) : ports.get(key)),
  };
  const halves = [await world.process({ ports: { shared } }), await world.process({ ports: { shared } })];
  const readAll = (key: CacheKey) => Promise.all(halves.map(({ cache }) => read(cache, key, origin)));
  const lost = readAll(buildKey({ prefix: 'files', name: 'list', params: null }));
  const found = readAll(KEY);
  await world.clock.settle();
  expect(origin.loads).toBe(3);
  await finishLoads();
  await world.clock.through(Promise.all([lost, found]));
  expect(origin.loads).toBe(3);
});

test('given an unreachable lock server, a process loads without the lock', async () => {
  processOf(0).locks.cut();
  origin.hurry();
  expect(bodyOf(await world.clock.through(readOn(0)))).toBe('old');
});

test('given a lock that throws an unexpected error, the error is logged and the process loads without the lock', async () => {
  const lock = world.lock.connect();
  lock.acquire = () => Promise.reject(new TypeError('not a function'));
  const faulty = await world.process({ ports: { lock } });
  const reading = read(faulty.cache, KEY, origin);
  await finishLoads();
  expect(bodyOf(await reading)).toBe('old');
  expect(faulty.logged.filter((line) => line.startsWith('error'))).toEqual([
    'error background work failed: fill: TypeError: not a function',
  ]);
});

test.each([
  ['fails', async () => Promise.reject(new Error('origin says no'))],
  ['is not stored', async (context: LoadContext) => context.skipStore()],
])('given loads of 50 keys by four processes, each of which %s, no listener remains', async (_, end) => {
  let loads = 0;
  const load = async (context: LoadContext) => {
    loads++;
    await world.clock.sleep(10);
    return end(context);
  };
  const reads = Array.from({ length: 200 }, (_, i) => processOf(i % 4).cache.getOrLoad(`stats:get:${i >> 2}`, load));
  await world.clock.through(Promise.allSettled(reads));
  expect(loads).toBeGreaterThan(50);
  await world.clock.settle();
  expect(world.lock.listeners).toBe(0);
});

test.each([
  { maxWaiting: 0, asks: false },
  { maxWaiting: 1, asks: true }, // the control
])('given $maxWaiting calls may wait for a busy origin, asks for a lock: $asks', async ({ maxWaiting, asks }) => {
  const busy = await world.process({ origins: { default: { concurrency: 1, maxWaiting } } });
  const never = () => new Promise<never>(() => undefined);
  const first = busy.cache.getOrLoad('files:n:1', never).catch(() => null);
  await world.clock.settle();
  busy.locks.requestMs = () => 100;
  const began = world.clock.monotonic();
  const second = busy.cache.getOrLoad('files:n:2', never).catch(({ code }) => code);
  expect(await world.clock.through(second)).toBe('ORIGIN_OVERLOADED');
  expect(world.clock.monotonic() - began >= 100).toBe(asks);
  await world.clock.through(first);
});
