import { expect, test } from 'vitest';
import type { Policy } from '../policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'rates:eur';
const POLICY = { freshFor: '10s', staleFor: 0, jitter: 0, earlyRefresh: 0 } as const;
const DAY_MS = 86_400_000;
const read = ({ cache }: SimulatedProcess, load: () => unknown, policy: Policy = POLICY) =>
  through(cache.getOrLoadWithOutcome(KEY, load, policy));

test('a time longer than a timer can be set for is that time, not none', async () => {
  const policy = { ...POLICY, freshFor: '90d' } as const;
  await read(one, () => 'kept', policy);
  const { outcome } = await read(one, () => 'asked again', policy);
  expect(outcome).toMatchObject({ outcome: 'hit', ttlMs: 90 * DAY_MS });
  expect(world.shared.ttlMs(KEY)).toBe(90 * DAY_MS);
});

test.each([-1, '-5s', Number.POSITIVE_INFINITY, Number.NaN, '400d', '5 minutes', '1', ''] as const)(
  'a time of %s is refused, by the policy, by a load and by a set',
  async (freshFor) => {
    const invalid = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('freshFor') };
    const given = freshFor as number;
    await expect(read(one, () => 1, { freshFor: given })).rejects.toMatchObject(invalid);
    await expect(through(one.cache.getOrLoad(KEY, (load) => load.freshFor(given)))).rejects.toMatchObject(invalid);
    expect(await through(one.cache.set(KEY, 1, { freshFor: given })).catch((error) => error)).toMatchObject(invalid);
  },
);

test('no time at all is none: an answer that is fresh for 0 ms is loaded by each who comes after it', async () => {
  const policy = { ...POLICY, freshFor: 0 };
  let loads = 0;
  for (let i = 1; i <= 3; i++) expect(await read(one, () => ++loads, policy)).toMatchObject({ value: i });
  await world.clock.settle();
  expect(world.shared.read(KEY)).toBeNull();
});

test('a time that the load decides from its value goes before the policy’s, none included', async () => {
  const secondsOf = async (seconds: number) => {
    await through(one.cache.getOrLoad(KEY, ({ freshFor }) => freshFor(seconds * 1_000), { ...POLICY, freshFor: '1h' }));
    await world.clock.settle();
    return (world.shared.ttlMs(KEY) ?? 0) / 1_000;
  };
  expect(await secondsOf(0)).toBe(0);
  expect(await secondsOf(7)).toBe(7);
});

test('what a load decides of its own answer is no other key’s: the policy that was given is unchanged', async () => {
  const policy = { ...POLICY, freshFor: '1h' } as const;
  await through(one.cache.getOrLoad('rates:usd', ({ freshFor }) => freshFor('1s'), policy));
  expect(policy.freshFor).toBe('1h');
  expect((await read(one, () => 'euro', policy)).outcome.ttlMs).toBe(3_600_000);
});

test('an answer that memory took from the shared tier ends when it would have ended there', async () => {
  await read(one, () => 'loaded');
  await world.clock.advance(9_000);
  expect((await read(other, () => 'too early')).outcome).toMatchObject({ outcome: 'hit', tier: 'redis', ttlMs: 1_000 });
  await world.clock.advance(999);
  expect((await read(other, () => 'too early')).outcome).toMatchObject({ outcome: 'hit', tier: 'memory', ttlMs: 1 });
  await world.clock.advance(1);
  expect(await read(other, () => 'new')).toMatchObject({ value: 'new' });
});

test('reading an answer does not lengthen its life', async () => {
  await read(one, () => 'loaded');
  for (let i = 0; i < 10; i++) {
    expect((await read(one, () => 'new')).value).toBe('loaded');
    await world.clock.advance(1_000);
  }
  expect((await read(one, () => 'new')).value).toBe('new');
});

test('chance takes at most its share off a time, and never adds to it', async () => {
  for (const random of [0, 0.5, 0.999]) {
    const process = await world.process({ random: () => random });
    const key = `rates:${random}`;
    const policy = { ...POLICY, jitter: 0.2 } as const;
    await through(process.cache.getOrLoad(key, () => 1, policy));
    const { outcome } = await through(process.cache.getOrLoadWithOutcome(key, () => 2, policy));
    expect(outcome.ttlMs).toBeCloseTo(10_000 * (1 - 0.2 * random), 5);
  }
});

test('a wall clock that is set back does not make what is in memory live longer', async () => {
  await read(one, () => 'old');
  world.clock.stepWall(-3_600_000);
  await world.clock.advance(10_000);
  expect((await read(one, () => 'new')).value).toBe('new');
});

test('a wall clock that is set forward and back again does not make what was loaded in between live longer', async () => {
  world.clock.stepWall(3_600_000);
  await read(one, () => 'old');
  world.clock.stepWall(-3_600_000);
  await world.clock.advance(10_000);
  expect((await read(one, () => 'new')).value).toBe('new');
});

test('an answer of a process whose clock is ahead ends on the others when its time is over, not an hour later', async () => {
  const { clock } = world;
  const ahead = await world.process({
    clock: {
      now: () => clock.now() + 3_600_000,
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
  });
  await read(ahead, () => 'old');
  await clock.settle();
  expect((await read(other, () => 'too early')).value).toBe('old');
  await clock.advance(10_000);
  expect((await read(other, () => 'new')).value).toBe('new');
});

test('a wall clock that is set forward costs a load, and nothing else', async () => {
  await read(one, () => 'old');
  world.clock.stepWall(3_600_000);
  expect((await read(one, () => 'new')).value).toBe('new');
  expect((await read(one, () => 'newer')).value).toBe('new');
});

test('an unknown option of a set is refused by name, too', async () => {
  const set = through(one.cache.set(KEY, 1, { ttl: 1_000 } as object));
  expect(await set.catch((error: unknown) => error)).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('ttl'),
  });
});

test('an unknown option is refused by name, so that a time is never given under a name that is not read', async () => {
  for (const option of ['ttl', 'maxAge', 'loadTimeout', 'swr'])
    await expect(read(one, () => 1, { [option]: 1_000 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(option),
    });
});
