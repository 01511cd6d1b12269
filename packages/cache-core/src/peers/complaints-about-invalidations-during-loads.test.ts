import { expect, test } from 'vitest';
import type { LoadMany } from '../engine/batch-load.ts';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'users:1';
const POLICY = { freshFor: '10s', staleFor: '1h', jitter: 0, earlyRefresh: 0 } as const;

/** A load by `one` that has read the old value and stands before it gives it; `end` lets it go on. */
async function slowReload(
  ask: (origin: SlowOrigin) => Promise<unknown>,
): Promise<{ origin: SlowOrigin; end(): Promise<void> }> {
  const origin = new SlowOrigin();
  origin.tags = ['user-1'];
  const answer = ask(origin);
  await world.clock.settle();
  origin.open('before');
  await world.clock.settle();
  expect(origin.isWaitingAt('after')).toBe(true);
  origin.hurry();
  return {
    origin,
    end: async () => {
      origin.open('after');
      await through(answer);
      await world.clock.settle();
    },
  };
}

const cached = async (load: SlowOrigin['load'] = async () => 'cached') => {
  await through(one.cache.getOrLoad(KEY, load, POLICY));
  await through(other.cache.getOrLoad(KEY, load, POLICY));
};
const readEverywhere = async (load: () => unknown) => [
  await through(one.cache.getOrLoad(KEY, load, POLICY)),
  await through(other.cache.getOrLoad(KEY, load, POLICY)),
];

test.each([
  ['a delete', () => other.cache.delete(KEY)],
  ['a tag', () => other.cache.invalidate({ tag: 'user-1' })],
  ['a prefix', () => other.cache.clearPattern('users:*')],
  ['everything', () => other.cache.invalidate({ all: true })],
])('a reload in the background that %s overtakes brings nothing back', async (_what, invalidate) => {
  await cached(async ({ tag }) => {
    tag('user-1');
    return 'cached';
  });
  await world.clock.advance(10_000);
  const { end } = await slowReload((origin) => one.cache.getOrLoad(KEY, origin.load, POLICY));
  await through<unknown>(invalidate());
  await end();
  expect(await readEverywhere(() => 'new')).toEqual(['new', 'new']);
});

test.each([
  ['a delete', () => other.cache.delete(KEY)],
  ['a tag', () => other.cache.invalidate({ tag: 'user-1' })],
])('an early refresh that %s overtakes brings nothing back', async (_what, invalidate) => {
  const first = async ({ tag }: { tag(name: string): void }) => {
    tag('user-1');
    await world.clock.sleep(1_000);
    return 'cached';
  };
  await through(one.cache.getOrLoad(KEY, first, POLICY));
  const { end } = await slowReload((origin) => one.cache.getOrLoad(KEY, origin.load, { ...POLICY, earlyRefresh: 1 }));
  await through<unknown>(invalidate());
  await end();
  expect(await readEverywhere(() => 'new')).toEqual(['new', 'new']);
});

test('a value that is set while an older one is reloaded stays', async () => {
  await cached();
  await world.clock.advance(10_000);
  const { end } = await slowReload((origin) => one.cache.getOrLoad(KEY, origin.load, POLICY));
  await through(other.cache.set(KEY, 'set', 60));
  await end();
  expect(await readEverywhere(() => 'loaded')).toEqual(['set', 'set']);
});

test('values that two processes set at the same moment leave one of them, the same everywhere', async () => {
  await through(Promise.all([one, other].map(({ cache }, i) => cache.set(KEY, i, 60))));
  const late = await world.process();
  const seen = await Promise.all([one, other, late].map(({ cache }) => through(cache.get(KEY))));
  expect(new Set(seen).size).toBe(1);
  expect([0, 1]).toContain(seen[0]);
});

test('who was waiting when the invalidation came gets the answer; it is kept nowhere', async () => {
  const given: unknown[] = [];
  const { end } = await slowReload(async (origin) => given.push(await one.cache.getOrLoad(KEY, origin.load, POLICY)));
  await through(other.cache.delete(KEY));
  await end();
  expect(given).toEqual(['old']);
  expect(await through(one.cache.has(KEY))).toBe(false);
  expect(world.shared.read(KEY)).toBeNull();
});

test('bytes of the shared tier that are on their way while their key is invalidated are served to nobody afterwards', async () => {
  await through(other.cache.getOrLoad(KEY, () => 'cached', POLICY));
  await world.clock.settle();
  one.shared.replyMs = () => 30;
  const early = one.cache.getOrLoad(KEY, () => 'new', POLICY);
  await world.clock.advance(10);
  await through(other.cache.delete(KEY));
  expect(await through(one.cache.getOrLoad(KEY, () => 'new', POLICY))).toBe('new');
  await through(early);
  expect(await readEverywhere(() => 'newer')).toEqual(['new', 'new']);
});

test('everything invalidated, a failing origin brings no old answer back, from no tier', async () => {
  await cached();
  await through(one.cache.invalidate({ all: true }));
  const failing = () => Promise.reject(new Error('away'));
  for (const { cache } of [one, other])
    await expect(through(cache.getOrLoad(KEY, failing, POLICY))).rejects.toThrow('away');
});

test('one tag of hundreds of answers is invalidated by one position of the log, and no text grows with their number', async () => {
  const keys = Array.from({ length: 500 }, (_, i) => `users:${i}`);
  const load: LoadMany<string> = async (targets, contexts) => {
    for (const { tag } of contexts) tag('tenant-7');
    return targets;
  };
  await through(one.cache.getOrLoadMany(keys, load, POLICY));
  await world.clock.settle();
  const receipt = await through(other.cache.invalidate({ tag: 'tenant-7' }));
  expect(receipt).toMatchObject({ state: 'applied', position: 1 });
  expect((await through(other.cache.getMany(keys))).every((value) => value === undefined)).toBe(true);
  expect((await through(one.cache.getMany(keys))).every((value) => value === undefined)).toBe(true);
});
