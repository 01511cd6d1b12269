import { expect, test } from 'vitest';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'reports:daily';
const POLICY = {
  freshFor: '10s',
  staleFor: { whileRevalidate: 0, ifError: '1h' },
  softTimeout: '100ms',
  hardTimeout: '5s',
  jitter: 0,
  earlyRefresh: 0,
} as const;
const unasked = () => Promise.reject(new Error('never asked'));

/** Stores an answer, and 10 s later starts a reload that takes longer than its reader's soft timeout. */
async function slowReload(
  load: (origin: SlowOrigin) => SlowOrigin['load'] = (origin) => origin.load,
): Promise<SlowOrigin> {
  await through(one.cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(10_000);
  const origin = new SlowOrigin();
  origin.value = 'new';
  const began = world.clock.monotonic();
  const answer = await through(one.cache.getOrLoadWithOutcome(KEY, load(origin), POLICY));
  expect(answer).toMatchObject({ value: 'old', outcome: { outcome: 'stale', reason: 'load-slow' } });
  expect(world.clock.monotonic() - began).toBe(100);
  return origin;
}

async function land(origin: SlowOrigin): Promise<void> {
  origin.hurry();
  origin.open('before');
  await world.clock.settle();
  origin.open('after');
  await world.clock.settle();
}

test('after a soft timeout the load continues, and every process gets its answer', async () => {
  const origin = await slowReload();
  await land(origin);
  for (const { cache } of [one, other]) expect(await through(cache.getOrLoad(KEY, unasked, POLICY))).toBe('new');
  expect(origin.loads).toBe(1);
});

test('later readers of a slow load also get the stale answer in time, without a second load', async () => {
  const origin = await slowReload();
  const answers = await through(
    Promise.all([one, one, other].map(({ cache }) => cache.getOrLoad(KEY, origin.load, POLICY))),
  );
  expect(answers).toEqual(['old', 'old', 'old']);
  expect(origin.loads).toBe(1);
  await land(origin);
});

// Complaint: A failure behind a stale value is not logged, or not as an error.
test('a slow load that fails is logged once and leaves no lock', async () => {
  await slowReload(() => async () => {
    await world.clock.sleep(1_000);
    throw new Error('away');
  });
  await world.clock.advance(1_000);
  expect(one.logged.filter((line) => line.includes('away'))).toHaveLength(1);
  await world.clock.advance(1_000);
  expect(await through(one.cache.getOrLoad(KEY, () => 'newer', POLICY))).toBe('newer');
});

// Complaint: A factory that ends in the background with `Fail` is stored.
// Threads: ZiggyCreatures/FusionCache#332
test('a slow load that calls skipStore is not stored', async () => {
  const origin = await slowReload((slow) => async (context) => {
    const value = await slow.load(context);
    context.skipStore();
    return value;
  });
  await land(origin);
  expect(await through(one.cache.getOrLoadWithOutcome(KEY, () => 'newer', POLICY))).toMatchObject({
    value: 'newer',
    outcome: { outcome: 'miss' },
  });
});

// Complaint: A soft timeout is logged as an error.
// Threads: ZiggyCreatures/FusionCache#267
test('a soft timeout is not logged as an error', async () => {
  const origin = await slowReload();
  await land(origin);
  expect(one.logged.filter((line) => line.startsWith('error') || line.startsWith('warn'))).toEqual([]);
});

test('without a stale answer the soft timeout does not fail the reader', async () => {
  const load = async () => {
    await world.clock.sleep(1_000);
    return 'slow';
  };
  expect(await through(one.cache.getOrLoad(KEY, load, POLICY))).toBe('slow');
});

// Complaint: A hard timeout does not stop the factory. Here its signal aborts, and a late answer is dropped.
// Threads: ZiggyCreatures/FusionCache#457
test('after the hard timeout the load’s signal aborts, its reader gets the reason, and its answer is dropped', async () => {
  const origin = new SlowOrigin();
  let signal: AbortSignal | undefined;
  const load: SlowOrigin['load'] = (context) => {
    signal = context.signal;
    return origin.load(context);
  };
  await expect(through(one.cache.getOrLoad(KEY, load, POLICY))).rejects.toMatchObject({ code: 'LOAD_TIMED_OUT' });
  expect(signal?.aborted).toBe(true);
  await land(origin);
  expect(await through(one.cache.has(KEY))).toBe(false);
});

test('the error of a timed-out load names the option hardTimeout', async () => {
  const never = new SlowOrigin();
  await expect(through(one.cache.getOrLoad(KEY, never.load, POLICY))).rejects.toThrow(/hardTimeout/);
});

test('after the hard timeout a stale answer is served if there is one', async () => {
  const { softTimeout: _, ...patient } = POLICY;
  await through(one.cache.getOrLoad(KEY, () => 'old', patient));
  await world.clock.advance(10_000);
  const never = new SlowOrigin();
  expect(await through(one.cache.getOrLoadWithOutcome(KEY, never.load, patient))).toMatchObject({
    value: 'old',
    outcome: { outcome: 'stale', reason: 'load-failed' },
  });
});

test('a load that ignores its signal delays no reader beyond waitForFill', async () => {
  const never = new SlowOrigin();
  const stuck = one.cache.getOrLoad(KEY, never.load, { ...POLICY, hardTimeout: '10m' });
  stuck.catch(() => undefined);
  await world.clock.settle();
  const began = world.clock.monotonic();
  expect(await through(other.cache.getOrLoad(KEY, () => 'loaded', POLICY))).toBe('loaded');
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(30_000);
  await land(never);
});
