import { expect, test } from 'vitest';
import type { LoadContext } from '../engine/load-context.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'posts:1';
const POLICY = { freshFor: '10m', staleFor: '1h', jitter: 0, earlyRefresh: 0 } as const;
const tagged =
  (value: string, ...tags: string[]) =>
  ({ tag }: LoadContext<string>) => {
    tag(...tags);
    return value;
  };
const unasked = () => Promise.reject(new Error('asked for nothing'));
const load = ({ cache }: SimulatedProcess, asked: (context: LoadContext<string>) => string | Promise<string>) =>
  through(cache.getOrLoad(KEY, asked, POLICY));

// Complaint: After deletion by tag the graced value is served.
// Threads: Julien-R44/bentocache#71, Julien-R44/bentocache#80
// Complaint: `has` returns true after deletion by tag.
// Threads: Julien-R44/bentocache#64
test('after an invalidation of its tag an answer is not served as stale on any process', async () => {
  for (const process of [one, other]) await load(process, tagged('old', 'author-1'));
  await through(one.cache.invalidate({ tag: 'author-1' }));
  for (const process of [one, other]) {
    expect(await through(process.cache.has(KEY))).toBe(false);
    await expect(load(process, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  }
  expect(await load(other, tagged('new', 'author-1'))).toBe('new');
});

// Complaint: A returning mark of a tag invalidates new values.
// Threads: ZiggyCreatures/FusionCache#313, ZiggyCreatures/FusionCache#627
// Complaint: An invalidated key is bypassed for ever instead of cached again.
// Threads: nitrojs/nitro#888, nitrojs/nitro#1822
test('an answer loaded after the invalidation of its tag stays, also for a later process', async () => {
  await load(one, tagged('old', 'author-1'));
  await through(one.cache.invalidate({ tag: 'author-1' }));
  await load(one, tagged('new', 'author-1'));
  await world.clock.settle();
  const late = await world.process();
  for (const process of [one, other, late]) expect(await load(process, unasked)).toBe('new');
});

// Complaint: Without memory or backplane, removal by tag has no effect on other nodes.
// Threads: ZiggyCreatures/FusionCache#573, ZiggyCreatures/FusionCache#419
test('an invalidation of a tag reaches processes without a memory tier', async () => {
  const bare = await world.process({ memoryBytes: 0 });
  await load(one, tagged('old', 'author-1'));
  await world.clock.settle();
  expect(await load(bare, unasked)).toBe('old');
  await through(bare.cache.invalidate({ tag: 'author-1' }));
  expect(await through(one.cache.has(KEY))).toBe(false);
  expect(await load(bare, tagged('new', 'author-1'))).toBe('new');
});

test('an unknown tag invalidates no entry', async () => {
  await load(one, tagged('cached', 'author-1'));
  await through(other.cache.invalidate({ tag: 'author-2' }));
  expect(await load(one, unasked)).toBe('cached');
});

test('one matching tag suffices, and one invalidation may name several tags', async () => {
  await load(one, tagged('old', 'author-1', 'topic-7'));
  await through(other.cache.invalidate({ tag: 'topic-7' }));
  expect(await load(one, tagged('new', 'author-1', 'topic-7'))).toBe('new');
  await through(other.cache.invalidate([{ tag: 'author-9' }, { tag: 'author-1' }]));
  expect(await load(one, tagged('newer', 'author-1'))).toBe('newer');
});

test('an answer has the tags of its own load only, not those of the previous one', async () => {
  await load(one, tagged('old', 'author-1'));
  await through(one.cache.delete(KEY));
  await load(one, tagged('new', 'author-2'));
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, unasked)).toBe('new');
  await through(other.cache.invalidate({ tag: 'author-2' }));
  expect(await load(one, tagged('newer'))).toBe('newer');
});

// Complaint: Tags added by new code do not match earlier entries. This also holds here: a release that changes tags must invalidate their prefix.
test('tags added in a later version apply from the next load', async () => {
  await load(one, tagged('before the release'));
  expect(await load(one, tagged('after the release', 'author-1'))).toBe('before the release');
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, unasked)).toBe('before the release');
  await through(other.cache.invalidate({ prefix: 'posts' }));
  await load(one, tagged('after the release', 'author-1'));
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, tagged('newest'))).toBe('newest');
});

// Complaint: `NotModified` drops the tags of the answer.
// Threads: ZiggyCreatures/FusionCache#638
test('an answer confirmed by notModified keeps its tags', async () => {
  const short = { ...POLICY, freshFor: '10s' } as const;
  await through(one.cache.getOrLoad(KEY, tagged('same', 'author-1'), short));
  await world.clock.advance(10_000);
  await through(one.cache.getOrLoad(KEY, ({ notModified }) => notModified(), short));
  await world.clock.settle();
  expect(await through(one.cache.getOrLoadWithOutcome(KEY, unasked, short))).toMatchObject({
    value: 'same',
    outcome: { outcome: 'hit' },
  });
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await through(one.cache.has(KEY))).toBe(false);
});

// Complaint: Tags added by new code do not match earlier entries. This also holds here: a release that changes tags must invalidate their prefix.
// Threads: Julien-R44/bentocache#83
test('a tag named after the end of the load is refused', async () => {
  let ended: LoadContext<string> | undefined;
  await load(one, (context) => {
    ended = context;
    return 'untagged';
  });
  expect(() => ended?.tag('author-1')).toThrow(/author-1/);
});

// Complaint: The clock of the writing process decides how long others keep an entry. Here an entry from the future lives for its time from receipt, and invalidation compares no clocks.
test('an invalidation from a process with a clock behind applies everywhere', async () => {
  const { clock } = world;
  const behind = await world.process({
    clock: {
      now: () => clock.now() - 3_600_000,
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
  });
  for (const process of [one, other]) await load(process, tagged('old', 'author-1'));
  await through(behind.cache.invalidate({ tag: 'author-1' }));
  for (const process of [one, other]) expect(await load(process, tagged('new', 'author-1'))).toBe('new');
  await clock.settle();
  expect(await load(other, unasked)).toBe('new');
});

test('an invalidation of a tag matches values that were set with it', async () => {
  await through(one.cache.set(KEY, 'set', { freshFor: '10m', tags: ['author-1'] }));
  expect(await through(other.cache.get(KEY))).toBe('set');
  await through(other.cache.invalidate({ tag: 'author-1' }));
  for (const { cache } of [one, other]) expect(await through(cache.has(KEY))).toBe(false);
});
