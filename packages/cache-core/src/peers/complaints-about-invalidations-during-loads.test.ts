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

/** Starts a load by `one` that has read the old value and pauses before it returns it; `end` resumes it. */
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
])('a background reload overtaken by invalidation of %s restores no old value', async (_what, invalidate) => {
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

// Complaint: Removal by tag is lost on a value that is being loaded or refreshed.
// Threads: ZiggyCreatures/FusionCache#535, ZiggyCreatures/FusionCache#628
test.each([
  ['a delete', () => other.cache.delete(KEY)],
  ['a tag', () => other.cache.invalidate({ tag: 'user-1' })],
])('an early refresh overtaken by invalidation of %s restores no old value', async (_what, invalidate) => {
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

// Complaint: A refresh overwrites a later write.
// Threads: ben-manes/caffeine#714, ben-manes/caffeine#1690, jaredwray/cacheable#138
test('a value set during a reload of the older one stays', async () => {
  await cached();
  await world.clock.advance(10_000);
  const { end } = await slowReload((origin) => one.cache.getOrLoad(KEY, origin.load, POLICY));
  await through(other.cache.set(KEY, 'set', 60));
  await end();
  expect(await readEverywhere(() => 'loaded')).toEqual(['set', 'set']);
});

// Complaint: The memory of other instances keeps the old value.
// Threads: jaredwray/cacheable#1169, dotnet/extensions#5674
test('after two concurrent sets every process serves the same one', async () => {
  await through(Promise.all([one, other].map(({ cache }, i) => cache.set(KEY, i, 60))));
  const late = await world.process();
  const seen = await Promise.all([one, other, late].map(({ cache }) => through(cache.get(KEY))));
  expect(new Set(seen).size).toBe(1);
  expect([0, 1]).toContain(seen[0]);
});

// Complaint: A load that began before a delete stores its value after it.
// Threads: kibertoad/layered-loader#414, kibertoad/layered-loader#417, ben-manes/caffeine#193, ZiggyCreatures/FusionCache#625
test('a reader that waited before the invalidation gets the answer, which is not stored', async () => {
  const given: unknown[] = [];
  const { end } = await slowReload(async (origin) => given.push(await one.cache.getOrLoad(KEY, origin.load, POLICY)));
  await through(other.cache.delete(KEY));
  await end();
  expect(given).toEqual(['old']);
  expect(await through(one.cache.has(KEY))).toBe(false);
  expect(world.shared.read(KEY)).toBeNull();
});

// Complaint: A read of the second level during an invalidation puts the old value into memory.
// Threads: ZiggyCreatures/FusionCache#613
test('a shared-tier reply in transit during an invalidation is not served afterwards', async () => {
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

// Complaint: After a clear, a failing factory restores the old value from the second level.
// Threads: ZiggyCreatures/FusionCache#648
test('after an invalidation a failing origin restores no old answer from any tier', async () => {
  await cached();
  await through(one.cache.invalidate({ all: true }));
  const failing = () => Promise.reject(new Error('away'));
  for (const { cache } of [one, other])
    await expect(through(cache.getOrLoad(KEY, failing, POLICY))).rejects.toThrow('away');
});

// Complaint: Invalidation of a reference with many keys fails because the text is too long.
// Threads: mcollina/async-cache-dedupe#89, mercurius-js/cache#152
test('a tag of hundreds of answers is invalidated by one log position of constant size', async () => {
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
