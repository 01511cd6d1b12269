import { expect, test } from 'vitest';
import { expressCache } from '../express/index.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'carts:1';
const POLICY = { freshFor: '10m', jitter: 0, earlyRefresh: 0 } as const;
const cutOff = ({ durable, locks, shared }: SimulatedProcess) => {
  for (const link of [durable, locks, shared]) link.cut();
};

// Complaint: Calls hang while Redis is down.
// Threads: jaredwray/keyv#1349, jaredwray/keyv#1470, jaredwray/keyv#1496, jaredwray/keyv#1798
// Complaint: Failed writes and deletes look successful. Here `set` returns false, `invalidate` returns `pending`, `delete` and `clearPattern` reject.
// Threads: jaredwray/keyv#1472, jaredwray/keyv#1750, alphagov/notifications-utils#1120
test('with every server gone, reads load and writes report failure, in bounded time', async () => {
  cutOff(one);
  await world.clock.advance(2_000);
  const began = world.clock.monotonic();
  expect(await through(one.cache.getOrLoad(KEY, () => 'loaded', POLICY))).toBe('loaded');
  expect(await through(one.cache.getMany([KEY, 'carts:2']))).toEqual(['loaded', undefined]);
  expect(await through(one.cache.set(KEY, 'set'))).toBe(false);
  expect((await through(one.cache.invalidate({ key: KEY }))).state).toBe('pending');
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(1_500);
});

// Complaint: Calls hang while Redis is down.
test('a process that starts without servers answers from the origin and joins when they return', async () => {
  const late = world.unstarted();
  cutOff(late);
  await through(late.cache.start());
  expect(await through(late.cache.getOrLoad(KEY, () => 'alone', POLICY))).toBe('alone');
  for (const link of [late.durable, late.locks, late.shared]) link.mend();
  await world.clock.advance(5_000);
  await through(one.cache.set(KEY, 'set', 600));
  expect(await through(late.cache.getOrLoadWithOutcome(KEY, () => 'unasked', POLICY))).toMatchObject({
    value: 'set',
    outcome: { verified: true },
  });
});

// Complaint: Failed writes and deletes look successful. Here `set` returns false, `invalidate` returns `pending`, `delete` and `clearPattern` reject.
test('while the log is unreachable, a delete rejects with INVALIDATION_PENDING', async () => {
  for (const { cache } of [one, other]) await through(cache.set(KEY, 'cart', 600));
  cutOff(one);
  await world.clock.advance(2_000);
  const deleted = await through(one.cache.delete(KEY)).catch((error: unknown) => error);
  expect(deleted).toMatchObject({ code: 'INVALIDATION_PENDING', message: expect.stringContaining(KEY) });
  expect(await through(other.cache.get(KEY))).toBe('cart');
});

test('while the log is unreachable, clearing a pattern rejects with INVALIDATION_PENDING', async () => {
  for (const { cache } of [one, other]) await through(cache.set(KEY, 'cart', 600));
  one.durable.cut();
  await world.clock.advance(2_000);
  const cleared = await through(one.cache.clearPattern('carts:*')).catch((error: unknown) => error);
  expect(cleared).toMatchObject({ code: 'INVALIDATION_PENDING', message: expect.stringContaining('carts:*') });
  const byRoute = await through(expressCache(one.cache).invalidateCache('carts')).catch((error: unknown) => error);
  expect(byRoute).toMatchObject({ code: 'INVALIDATION_PENDING' });
  expect(await through(other.cache.get(KEY))).toBe('cart');
});

// Complaint: Messages are lost while the backplane is down. Here a process continues at its last position, and trusts nothing past its lease.
// Threads: ZiggyCreatures/FusionCache#81
test('a process that was disconnected during an invalidation does not serve the old answer afterwards', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'old', POLICY));
  cutOff(one);
  expect((await through(other.cache.invalidate({ key: KEY }))).state).toBe('applied');
  await world.clock.advance(5_000);
  for (const link of [one.durable, one.locks, one.shared]) link.mend();
  await world.clock.advance(2_000);
  expect(await through(one.cache.getOrLoad(KEY, () => 'new', POLICY))).toBe('new');
});

// Complaint: Messages are lost while the backplane is down. Here a process continues at its last position, and trusts nothing past its lease.
test('after the log loses its last records no process serves the answers they invalidated', async () => {
  for (const { cache } of [one, other]) await through(cache.getOrLoad(KEY, () => 'old', POLICY));
  await through(one.cache.invalidate({ key: KEY }));
  world.log.restart({ losingLast: 1 });
  await world.clock.advance(2_000);
  for (const { cache } of [one, other]) expect(await through(cache.getOrLoad(KEY, () => 'new', POLICY))).toBe('new');
});

test('a failing shared tier causes no miss in memory, and is used again after recovery', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'loaded', POLICY));
  world.shared.fail('hang');
  expect(await through(one.cache.getOrLoad(KEY, () => 'unasked', POLICY))).toBe('loaded');
  expect(await through(other.cache.getOrLoad('carts:2', () => 'alone', POLICY))).toBe('alone');
  world.shared.recover();
  await world.clock.advance(10_000);
  await through(other.cache.getOrLoad('carts:3', () => 'shared', POLICY));
  await world.clock.settle();
  expect(await through(one.cache.getOrLoad('carts:3', () => 'unasked', POLICY))).toBe('shared');
});

test('a shared tier that missed a write does not return the old value afterwards', async () => {
  for (const { cache } of [one, other]) await through(cache.set(KEY, 'old', 600));
  world.shared.fail('reject');
  await through(one.cache.set(KEY, 'new', 600));
  world.shared.recover();
  await world.clock.advance(10_000);
  expect(await through(other.cache.get(KEY))).not.toBe('old');
  expect(await through(one.cache.get(KEY))).toBe('new');
});

// Complaint: Each call waits for the Redis timeout. Here a call waits 50 ms at most, once, and the log has few lines.
// Threads: ZiggyCreatures/FusionCache#442
test('with a hanging shared tier a batch waits once, not once per key', async () => {
  world.shared.fail('hang');
  const keys = Array.from({ length: 100 }, (_, i) => `carts:${i}`);
  const began = world.clock.monotonic();
  expect(await through(one.cache.getOrLoadMany(keys, async (targets) => targets, POLICY))).toEqual(keys);
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(100);
});

// Complaint: Each call waits for the Redis timeout. Here a call waits 50 ms at most, once, and the log has few lines.
test('an unstable server causes a bounded number of log lines, not one per call', async () => {
  world.shared.fail('reject');
  for (let i = 0; i < 200; i++) await through(one.cache.getOrLoad(`carts:${i}`, () => i, POLICY));
  expect(one.logged.filter((line) => /^(warn|error)/.test(line)).length).toBeLessThan(10);
});
