import { afterEach, beforeEach, expect, test } from 'vitest';
import { Unreachable } from '../errors.ts';
import { buildKey, type CacheKey } from '../key.ts';
import { type SimulatedProcess, SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { bodyOf, read } from './fence-scenario.ts';
import type { LoadContext } from './load-context.ts';

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

test('one cold key, 1,000 readers over 4 processes: one load, and waiters are woken without time passing', async () => {
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

test('a slow loader makes no waiter fail: after the time to wait they load for themselves', async () => {
  const slow = expect(readOn(0)).rejects.toThrow(expect.objectContaining({ code: 'LOAD_TIMED_OUT' }));
  const waiting = readOn(1);
  await world.clock.advance(20_000);
  expect(origin.loads).toBe(1);
  origin.hurry();
  expect(bodyOf(await world.clock.through(waiting))).toBe('old');
  expect(origin.loads).toBe(2);
  await slow;
});

test('a holder that dies is taken over from within seconds', async () => {
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

test('a load that fails lets the next waiter load, and its error is not cached', async () => {
  const failing = processOf(0).cache.getOrLoad('stats:get:failing', async () => {
    await world.clock.sleep(10);
    throw new Error('origin says no');
  });
  await world.clock.settle();
  const waiting = processOf(1).cache.getOrLoad('stats:get:failing', () => 'fine');
  await expect(world.clock.through(failing)).rejects.toThrow('origin says no');
  expect(await world.clock.through(waiting)).toBe('fine');
});

test('a new generation does not wait for a load from before the invalidation', async () => {
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

test('with the shared tier out of reach nobody waits for what it could not find: each process loads once', async () => {
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

test('while the shared tier gives no answer for one key, the others are still loaded once over all processes', async () => {
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

test('with the lock out of reach a load goes on without it', async () => {
  processOf(0).locks.cut();
  origin.hurry();
  expect(bodyOf(await world.clock.through(readOn(0)))).toBe('old');
});

test('a lock that fails for another reason than a server out of reach is told with its error, and the load goes on without it', async () => {
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
])('given loads of 50 keys by four processes, each of which %s, no waiter listens afterwards', async (_, end) => {
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
