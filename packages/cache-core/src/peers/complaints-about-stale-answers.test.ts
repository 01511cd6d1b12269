import { expect, test } from 'vitest';
import type { Load } from '../engine/load.ts';
import type { Policy } from '../policy.ts';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'pages:home';
const POLICY = { freshFor: '10s', staleFor: '60s', jitter: 0, earlyRefresh: 0 } as const;
const away = () => Promise.reject(new Error('away'));
const read = (load: Load, policy: Parameters<SimulatedProcess['cache']['getOrLoad']>[2] = POLICY) =>
  through(one.cache.getOrLoadWithOutcome(KEY, load, policy));

test('an answer that nobody asked for in a long time is not the first thing that the next visitor sees', async () => {
  await read(() => 'yesterday');
  await world.clock.advance(70_000);
  expect(await read(() => 'today')).toMatchObject({ value: 'today', outcome: { outcome: 'miss' } });
});

test('however often its reload fails, a stale answer is served to the end of its time and no longer; then the error comes out', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  let stale = 0;
  for (let second = 0; second < 59; second++) {
    if ((await read(away)).outcome.outcome === 'stale') stale++;
    await world.clock.advance(1_000);
  }
  expect(stale).toBe(59);
  await world.clock.advance(1_000);
  await expect(read(away)).rejects.toThrow('away');
});

test('a reload that never ends does not make the stale answer live longer', async () => {
  await read(() => 'old', { ...POLICY, hardTimeout: '1h' });
  await world.clock.advance(10_000);
  const stuck = new SlowOrigin();
  expect(await read(stuck.load, { ...POLICY, hardTimeout: '1h' })).toMatchObject({ value: 'old' });
  await world.clock.advance(60_000);
  const answer = one.cache.getOrLoad(KEY, stuck.load, POLICY);
  let given: unknown;
  void answer.then((value) => {
    given = value;
  });
  await world.clock.settle();
  expect(given).toBeUndefined();
  stuck.value = 'new';
  stuck.hurry();
  stuck.open('before');
  await world.clock.settle();
  stuck.open('after');
  expect(await through(answer)).toBe('new');
});

test('without time for stale answers none is served, neither while it is reloaded nor when that fails', async () => {
  const policy = { ...POLICY, staleFor: 0 };
  await read(() => 'old', policy);
  await world.clock.advance(10_000);
  await expect(read(away, policy)).rejects.toThrow('away');
  expect(await read(() => 'new', policy)).toMatchObject({ value: 'new', outcome: { outcome: 'miss' } });
});

test('how long a stale answer hides a reload, and how long it hides a failure, are two times', async () => {
  const policy = { ...POLICY, staleFor: { whileRevalidate: '1s', ifError: '1h' } } as const;
  await read(() => 'old', policy);
  await world.clock.advance(10_500);
  expect(await read(away, policy)).toMatchObject({ value: 'old', outcome: { reason: 'revalidating' } });
  await world.clock.advance(2_000);
  expect(await read(away, policy)).toMatchObject({ value: 'old', outcome: { reason: 'load-failed' } });
  await world.clock.advance(30 * 60_000);
  expect(await read(() => 'new', policy)).toMatchObject({ value: 'new', outcome: { outcome: 'miss' } });
});

test('a reload that failed is tried again: the key is not given up', async () => {
  await read(() => 'old', { ...POLICY, staleFor: '1h' });
  await world.clock.advance(10_000);
  let tries = 0;
  const failing = () => {
    tries++;
    return away();
  };
  for (let second = 0; second < 60; second++) {
    await read(failing);
    await world.clock.advance(1_000);
  }
  expect(tries).toBe(6); // at 0, 1, 3, 7, 15 and 31 s
  await world.clock.advance(4_000);
  await read(() => 'new');
  await world.clock.settle();
  expect(await read(away)).toMatchObject({ value: 'new', outcome: { outcome: 'hit' } });
});

test('a load that takes longer than its answer is fresh gives an answer that is fresh for its whole time', async () => {
  await read(async () => {
    await world.clock.sleep(25_000);
    return 'slow';
  });
  await world.clock.advance(9_999);
  expect(await read(away)).toMatchObject({ value: 'slow', outcome: { outcome: 'hit', ageMs: 34_999 } });
});

test('what one process reloaded in the background is what the others serve: each looks there before it serves its own', async () => {
  for (const { cache } of [one, other]) await through(cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(10_000);
  await read(() => 'new');
  await world.clock.settle();
  const answer = await through(other.cache.getOrLoadWithOutcome(KEY, away, POLICY));
  expect(answer).toMatchObject({ value: 'new', outcome: { outcome: 'hit', tier: 'redis' } });
});

test('an early refresh takes what another process has reloaded already, and asks nobody', async () => {
  const policy = { ...POLICY, freshFor: '20s', earlyRefresh: 1 } as const;
  const slowly = async () => {
    await world.clock.sleep(1_000);
    return 'old';
  };
  await through(one.cache.getOrLoad(KEY, slowly, policy));
  await through(other.cache.getOrLoad(KEY, slowly, POLICY));
  await world.clock.advance(1_000);
  await read(() => 'new', policy);
  await world.clock.settle();
  let loads = 0;
  const load = () => ++loads;
  expect(await through(other.cache.getOrLoad(KEY, load, policy))).toBe('old');
  await world.clock.settle();
  expect(await through(other.cache.getOrLoad(KEY, load, policy))).toBe('new');
  expect(loads).toBe(0);
});

test('an expiry makes an answer stale on every process, and lengthens nothing', async () => {
  for (const { cache } of [one, other]) await through(cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(5_000);
  await through(one.cache.expire({ key: KEY }));
  expect(await through(other.cache.getOrLoadWithOutcome(KEY, away, POLICY))).toMatchObject({
    value: 'old',
    outcome: { outcome: 'stale' },
  });
  await world.clock.advance(65_000);
  await expect(through(other.cache.getOrLoad(KEY, away, POLICY))).rejects.toThrow('away');
});

test('an expiry of a tag, too, serves the old answer while it is reloaded', async () => {
  const load = async ({ tag }: { tag(name: string): void }) => {
    tag('author-1');
    return 'old';
  };
  await through(one.cache.getOrLoad(KEY, load, POLICY));
  await through(other.cache.expire({ tag: 'author-1' }));
  expect(await read(() => 'new')).toMatchObject({ value: 'old', outcome: { reason: 'revalidating' } });
  await world.clock.settle();
  expect(await read(away)).toMatchObject({ value: 'new' });
});

test('an answer that says itself how long it may be stale is held to that', async () => {
  const load = async ({ staleFor }: { staleFor(duration: number): void }) => {
    staleFor(0);
    return 'a price';
  };
  await through(one.cache.getOrLoad(KEY, load, POLICY));
  await world.clock.advance(10_000);
  await expect(read(away)).rejects.toThrow('away');
});

/** The old answer is reloaded by a load whose own answer is kept for no time; what does each process give next? */
async function afterReloadBy(load: Load, policy: Policy): Promise<unknown[]> {
  await read(() => 'old');
  await world.clock.advance(10_000);
  expect(await read(load, policy)).toMatchObject({ value: 'old' });
  await world.clock.settle();
  const next = [one, other].map(({ cache }) => through(cache.getOrLoad(KEY, () => 'asked again', POLICY)));
  return Promise.all(next);
}

test('a reload that finds nothing, which is not to be kept, ends the old answer everywhere', async () => {
  const answers = await afterReloadBy(() => null, { ...POLICY, negativeFor: 0 });
  expect(answers).toEqual(['asked again', 'asked again']);
});

test('a reload whose answer is good for now only ends the old answer everywhere', async () => {
  const answers = await afterReloadBy(({ freshFor, staleFor }) => {
    freshFor(0);
    staleFor(0);
    return 'good for now';
  }, POLICY);
  expect(answers).toEqual(['asked again', 'asked again']);
});

test('a reload whose answer is not to be stored leaves the old answer to the end of its time', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  const partial: Load = ({ skipStore }) => {
    skipStore();
    return 'partial';
  };
  for (let i = 0; i < 3; i++) {
    expect(await read(partial)).toMatchObject({ value: 'old', outcome: { outcome: 'stale' } });
    await world.clock.settle();
  }
  await world.clock.advance(60_000);
  expect(await read(partial)).toMatchObject({ value: 'partial', outcome: { outcome: 'miss' } });
});

test('a reload is told the answer it replaces', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  let told: unknown;
  await through(
    one.cache.getOrLoad(
      KEY,
      ({ stale }) => {
        told = stale?.value;
        return 'new';
      },
      POLICY,
    ),
  );
  await world.clock.settle();
  expect(told).toBe('old');
});
