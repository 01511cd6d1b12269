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

test('after a tag was invalidated the old answer is not served as stale either, on any process', async () => {
  for (const process of [one, other]) await load(process, tagged('old', 'author-1'));
  await through(one.cache.invalidate({ tag: 'author-1' }));
  for (const process of [one, other]) {
    expect(await through(process.cache.has(KEY))).toBe(false);
    await expect(load(process, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  }
  expect(await load(other, tagged('new', 'author-1'))).toBe('new');
});

test('what was loaded since the tag was invalidated stays, also for a process that starts later', async () => {
  await load(one, tagged('old', 'author-1'));
  await through(one.cache.invalidate({ tag: 'author-1' }));
  await load(one, tagged('new', 'author-1'));
  await world.clock.settle();
  const late = await world.process();
  for (const process of [one, other, late]) expect(await load(process, unasked)).toBe('new');
});

test('a tag is heard by processes that keep nothing in memory', async () => {
  const bare = await world.process({ memoryBytes: 0 });
  await load(one, tagged('old', 'author-1'));
  await world.clock.settle();
  expect(await load(bare, unasked)).toBe('old');
  await through(bare.cache.invalidate({ tag: 'author-1' }));
  expect(await through(one.cache.has(KEY))).toBe(false);
  expect(await load(bare, tagged('new', 'author-1'))).toBe('new');
});

test('a tag nobody knows outdates nothing', async () => {
  await load(one, tagged('cached', 'author-1'));
  await through(other.cache.invalidate({ tag: 'author-2' }));
  expect(await load(one, unasked)).toBe('cached');
});

test('one of several tags is enough, and several tags can be one invalidation', async () => {
  await load(one, tagged('old', 'author-1', 'topic-7'));
  await through(other.cache.invalidate({ tag: 'topic-7' }));
  expect(await load(one, tagged('new', 'author-1', 'topic-7'))).toBe('new');
  await through(other.cache.invalidate([{ tag: 'author-9' }, { tag: 'author-1' }]));
  expect(await load(one, tagged('newer', 'author-1'))).toBe('newer');
});

test('an answer depends on what its own load named: a tag of the one before hits it no more', async () => {
  await load(one, tagged('old', 'author-1'));
  await through(one.cache.delete(KEY));
  await load(one, tagged('new', 'author-2'));
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, unasked)).toBe('new');
  await through(other.cache.invalidate({ tag: 'author-2' }));
  expect(await load(one, tagged('newer'))).toBe('newer');
});

test('tags that later code names count from the next load on', async () => {
  await load(one, tagged('before the release'));
  expect(await load(one, tagged('after the release', 'author-1'))).toBe('before the release');
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, unasked)).toBe('before the release');
  await through(other.cache.invalidate({ prefix: 'posts' }));
  await load(one, tagged('after the release', 'author-1'));
  await through(other.cache.invalidate({ tag: 'author-1' }));
  expect(await load(one, tagged('newest'))).toBe('newest');
});

test('an answer that its origin says is unchanged keeps its tags', async () => {
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

test('a tag that is named when the load has ended is refused, rather than lost', async () => {
  let ended: LoadContext<string> | undefined;
  await load(one, (context) => {
    ended = context;
    return 'untagged';
  });
  expect(() => ended?.tag('author-1')).toThrow(/author-1/);
});

test('an invalidation by a process whose clock is behind hits what the others have loaded: no clock is compared', async () => {
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

test('a value that was set with a tag is hit by it', async () => {
  await through(one.cache.set(KEY, 'set', { freshFor: '10m', tags: ['author-1'] }));
  expect(await through(other.cache.get(KEY))).toBe('set');
  await through(other.cache.invalidate({ tag: 'author-1' }));
  for (const { cache } of [one, other]) expect(await through(cache.has(KEY))).toBe(false);
});
