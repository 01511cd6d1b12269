import { expect, test } from 'vitest';
import type { Clock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import type { InvalidationLog } from '../ports/invalidation-log.ts';
import { Link, type SimulatedProcess, type SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { InvalidationReceipt } from './invalidator.ts';

const LEASE_MS = 1_000;
/** A lease of another process, whose clock may be 1 % slower. */
const OUTLASTED_MS = 1_010;
let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});

async function invalidate(process = one): Promise<InvalidationReceipt & { tookMs: number }> {
  const began = world.clock.monotonic();
  const receipt = await world.clock.through(process.cache.invalidate({ prefix: 'files' }));
  return { ...receipt, tookMs: world.clock.monotonic() - began };
}

test('a receipt resolves as soon as every process has applied the position', async () => {
  expect(await invalidate()).toMatchObject({ state: 'applied', position: 1, tookMs: 0 });
  expect([one, other].map(({ cache }) => cache.internal.engine.follower.stamp.asOf)).toEqual([1, 1]);
});

test('a receipt waits for the slowest live process', async () => {
  other.durable.replyMs = () => 40;
  const { tookMs } = await invalidate();
  expect(tookMs).toBeGreaterThanOrEqual(40);
  expect(tookMs).toBeLessThan(LEASE_MS);
  expect(other.cache.internal.engine.follower.stamp.asOf).toBe(1);
});

test('a disconnected process delays one receipt by one lease, then is dropped', async () => {
  other.durable.cut();
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
  expect(other.cache.internal.engine.follower.isCurrent).toBe(false);
  await world.clock.advance(LEASE_MS);
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: 0 });
});

test('a receipt names each process, how it is known and after how many ms', async () => {
  const cut = await world.process({ id: 'cut' });
  const slow = await world.process({ id: 'slow' });
  slow.durable.replyMs = () => 40;
  cut.durable.cut();
  const { confirmations } = (await invalidate()) as Extract<InvalidationReceipt, { state: 'applied' }>;
  expect(confirmations.map(({ how }) => how)).toEqual(['applied', 'applied', 'applied', 'leaseEnded']);
  const [, , third, last] = confirmations;
  expect(third?.process).toMatch(/^slow:/);
  expect(third?.afterMs).toBeGreaterThanOrEqual(40);
  expect(last).toMatchObject({ process: expect.stringMatching(/^cut:/), afterMs: OUTLASTED_MS });
});

test('given a process that leaves during the wait, the receipt says so', async () => {
  const log = world.log.connect();
  const { epoch } = one.cache.internal.engine.follower;
  await log.renew({ id: 'leaving', epoch, applied: 0, leaseMs: 1_000 });
  const leaving = world.clock.sleep(100).then(() => log.leave('leaving', epoch));
  expect(await invalidate()).toMatchObject({
    confirmations: expect.arrayContaining([{ process: 'leaving', how: 'left', afterMs: expect.any(Number) }]),
  });
  await leaving;
});

test('given different leases, a receipt waits for the longest of those that have not applied', async () => {
  const short = await world.process({ lease: '300ms' });
  short.durable.cut();
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: 303 });
  other.durable.cut();
  expect(await invalidate()).toMatchObject({ tookMs: OUTLASTED_MS });
  expect(other.cache.internal.engine.follower.isCurrent).toBe(false);
});

test("given an appender with a shorter lease, it waits for a disconnected process's longer one", async () => {
  const short = await world.process({ lease: '300ms' });
  other.durable.cut();
  expect(await invalidate(short)).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
});

test('given an epoch new to the appender, it waits for the longest possible lease', async () => {
  const short = await world.process({ lease: '300ms' });
  world.log.flushAll();
  expect(await invalidate(short)).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
});

test('given a disconnected process with a 1 % slow clock, the receipt outlasts its lease', async () => {
  const slow = await world.process({ clock: slower(world.clock, 0.01) });
  await world.clock.advance(1_000);
  slow.durable.cut();
  const { tookMs } = await invalidate();
  expect(tookMs).toBe(OUTLASTED_MS);
  expect(slow.cache.internal.engine.follower.isCurrent).toBe(false);
});

test('given a lost register, a receipt waits for the longest possible lease', async () => {
  other.durable.cut();
  world.log.lose('followers');
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
  expect(other.cache.internal.engine.follower.isCurrent).toBe(false);
});

test('given two processes with the same id, a receipt waits for both', async () => {
  const [, cut] = [await world.process({ id: 'api' }), await world.process({ id: 'api' })];
  cut.durable.cut();
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
});

test('a process that is behind but still renews is not dropped', async () => {
  const log = world.log.connect();
  const { epoch } = one.cache.internal.engine.follower;
  const renewing = (async () => {
    for (let i = 0; i < 20; i++) {
      await log.renew({ id: 'behind', epoch, applied: 0, leaseMs: 1_000 });
      await world.clock.sleep(200);
    }
  })();
  await world.clock.settle();
  expect(await invalidate()).toMatchObject({ tookMs: OUTLASTED_MS });
  await world.clock.through(renewing);
  expect(world.log.register(epoch)?.has('behind')).toBe(true);
});

test("given an append that takes 900 ms, the receipt's lease counts from its reply", async () => {
  const link = new Link(world.clock, 2_000);
  const slow = await world.process({ ports: { log: world.log.connect(link) } });
  link.requestMs = () => 900;
  const receipt = invalidate(slow);
  await world.clock.advance(100);
  link.requestMs = () => 0;
  await world.clock.advance(700);
  await other.cache.internal.engine.follower.renew(); // the lease runs from 800 ms to 1,800 ms, and the append arrives at 900 ms
  other.durable.cut();
  expect(await receipt).toMatchObject({ state: 'applied', tookMs: 900 + OUTLASTED_MS });
  expect(other.cache.internal.engine.follower.stamp.asOf).toBe(0);
  expect(other.cache.internal.engine.follower.isCurrent).toBe(false);
});

test('a receipt waits for a new follower without a known applied position', async () => {
  const { epoch } = one.cache.internal.engine.follower;
  await world.log.connect().renew({ id: 'newcomer', epoch: 0, applied: 0, leaseMs: LEASE_MS });
  expect(world.log.register(epoch)?.get('newcomer')?.applied).toBe(-1);
  expect(await invalidate()).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
});

test('a follower that renews during a receipt is dropped one lease after that renewal', async () => {
  const log = world.log.connect();
  const { epoch } = one.cache.internal.engine.follower;
  const isRegistered = () => world.log.register(epoch)?.has('behind');
  await log.renew({ id: 'behind', epoch, applied: 0, leaseMs: LEASE_MS });
  const receipt = invalidate();
  await world.clock.advance(LEASE_MS / 2);
  await log.renew({ id: 'behind', epoch, applied: 0, leaseMs: LEASE_MS });
  expect(await receipt).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
  await world.clock.advance(LEASE_MS / 2 - 1);
  expect(isRegistered()).toBe(true);
  await world.clock.advance(LEASE_MS / 10);
  expect(isRegistered()).toBe(false);
});

test('in an epoch new to the appender, the receipt takes one lease', async () => {
  world.log.flushAll();
  const { state, tookMs } = await invalidate();
  expect(state).toBe('applied');
  expect(tookMs).toBe(OUTLASTED_MS);
  await world.clock.advance(LEASE_MS);
  expect(await invalidate()).toMatchObject({ tookMs: 0 });
});

test('in an epoch below the known one, the receipt takes one lease', async () => {
  const log = world.log.connect();
  const { epoch } = one.cache.internal.engine.follower;
  log.append = async () => ({ epoch: epoch - 1, position: 1, followers: new Map() });
  log.register = async () => new Map();
  expect(await invalidate(await world.process({ ports: { log } }))).toMatchObject({
    state: 'applied',
    tookMs: OUTLASTED_MS,
  });
});

test('a process in the earlier epoch serves nothing from it after the receipt', async () => {
  world.log.restart({ losingLast: 1 });
  other.durable.cut();
  await invalidate();
  expect(other.cache.internal.engine.follower.isCurrent).toBe(false);
});

test('with the log unreachable, the invalidation is pending in bounded time', async () => {
  one.durable.cut();
  const { state, position, tookMs } = await invalidate();
  expect({ state, position }).toEqual({ state: 'pending', position: null });
  expect(tookMs).toBeLessThanOrEqual(250);
  expect(one.logged.some((line) => line.startsWith('warn invalidation is pending'))).toBe(true);
});

test('with register and notifications unreachable after the append, the receipt takes one lease', async () => {
  const log = withoutNotifications();
  log.register = () => Promise.reject(new Unreachable('the register'));
  const blind = await world.process({ ports: { log } });
  expect(await invalidate(blind)).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
});

test('a register that fails otherwise is reported once, and the receipt takes one lease', async () => {
  const log = withoutNotifications();
  log.register = () => Promise.reject(new TypeError('not a function'));
  const faulty = await world.process({ ports: { log } });
  expect(await invalidate(faulty)).toMatchObject({ state: 'applied', tookMs: OUTLASTED_MS });
  expect(faulty.logged.filter((line) => line.startsWith('error'))).toEqual([
    'error background work failed: receipt: TypeError: not a function',
  ]);
});

test('given the notification that every follower has applied, a receipt reads no register', async () => {
  const log = world.log.connect();
  log.register = () => Promise.reject(new Unreachable('the register'));
  const blind = await world.process({ id: 'blind', ports: { log } });
  const receipt = await invalidate(blind);
  expect(receipt).toMatchObject({ state: 'applied', tookMs: 0 });
  const { confirmations } = receipt as Extract<InvalidationReceipt, { state: 'applied' }>;
  expect(confirmations.map(({ how }) => how)).toEqual(['applied', 'applied', 'applied']);
  expect(confirmations.some(({ process }) => process.startsWith('blind:'))).toBe(true);
});

test.for(['position', 'epoch'] as const)('a notification of an earlier %s proves nothing', async (earlier) => {
  const log = world.log.connect();
  const { onApplied } = log;
  log.onApplied = (listener) =>
    onApplied.call(log, (proof) => listener(proof && { ...proof, [earlier]: proof[earlier] - 1 }));
  log.register = () => Promise.reject(new Unreachable('the register'));
  expect(await invalidate(await world.process({ ports: { log } }))).toMatchObject({ tookMs: OUTLASTED_MS });
});

test('given a process that leaves before the last one reports, the receipt says so', async () => {
  const log = world.log.connect();
  const { epoch } = one.cache.internal.engine.follower;
  await log.renew({ id: 'leaving', epoch, applied: 0, leaseMs: LEASE_MS });
  other.durable.replyMs = () => 15;
  const leaving = world.clock.sleep(10).then(() => log.leave('leaving', epoch));
  const receipt = await invalidate();
  await leaving;
  expect(receipt).toMatchObject({
    confirmations: expect.arrayContaining([expect.objectContaining({ process: 'leaving', how: 'left' })]),
  });
  expect(receipt.tookMs).toBe(15);
});

test('an append that fails for another reason than an unreachable log throws its error', async () => {
  const log = world.log.connect();
  const faulty = await world.process({ ports: { log } });
  log.append = () => Promise.reject(new TypeError('not a function'));
  await expect(invalidate(faulty)).rejects.toThrow(new TypeError('not a function'));
});

test('an event id has one position, however often it is sent', async () => {
  const invalidateOnce = () =>
    world.clock.through(one.cache.invalidate([{ prefix: 'files' }, { prefix: 'stats' }], { eventId: 'e' }));
  expect(await invalidateOnce()).toMatchObject({ position: 1 });
  expect(await invalidateOnce()).toMatchObject({ position: 1 });
});

test('zero selectors, or more than a thousand, are refused', async () => {
  await expect(one.cache.invalidate([])).rejects.toThrow('selectors: expected 1 to 1000, got 0');
  const many = Array.from({ length: 1_001 }, (_, i) => ({ tag: `t${i}` }));
  await expect(one.cache.invalidate(many)).rejects.toThrow('selectors: expected 1 to 1000, got 1001');
});

test('waiting for receipts leaks no listener', async () => {
  let listening = 0;
  const log = world.log.connect();
  const { onApplied } = log;
  log.onApplied = (listener) => {
    listening++;
    const stop = onApplied.call(log, listener);
    return () => {
      listening--;
      stop();
    };
  };
  const counted = await world.process({ ports: { log } });
  await invalidate(counted);
  expect(listening).toBe(0);
});

/** A log whose notifications are all lost. */
function withoutNotifications(): InvalidationLog {
  const log = world.log.connect();
  log.onApplied = () => () => undefined;
  return log;
}

/** A clock whose seconds are longer than those of the others. */
function slower(clock: Clock, share: number): Clock {
  return {
    monotonic: () => clock.monotonic() / (1 + share),
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms * (1 + share), signal),
  };
}
