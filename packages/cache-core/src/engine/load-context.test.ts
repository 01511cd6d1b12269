import { expect, test } from 'vitest';
import type { Policy } from '../model/policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { Load } from './load.ts';
import type { LoadContext } from './load-context.ts';

const POLICY: Policy = { freshFor: '10s', staleFor: '60s', jitter: 0, earlyRefresh: 0 };
let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const read = <Value>(load: Load<Value>, { cache } = one) => through(cache.getOrLoad('doc:1', load, POLICY));

test('a reload receives the stale answer', async () => {
  await read(() => ({ version: 1 }));
  await world.clock.advance(15_000);
  let shown: unknown;
  await read((context) => {
    shown = context.stale;
    return { version: 2 };
  });
  await world.clock.settle();
  expect(shown).toMatchObject({ value: { version: 1 }, ageMs: 15_000 });
  expect(await read(() => ({ version: 3 }))).toEqual({ version: 2 });
});

test('a reload never receives an invalidated answer, so it can not restore it', async () => {
  await read(() => 'old');
  await world.clock.advance(15_000);
  await through(other.cache.invalidate({ key: 'doc:1' }));
  let shown: unknown = 'nothing said';
  const load: Load<string> = (context) => {
    shown = context.stale;
    return 'new';
  };
  expect(await read(load)).toBe('new');
  expect(shown).toBeNull();
});

test('notModified stores the answer again, with its dependencies', async () => {
  await read((context) => {
    context.tag('author');
    return 'text';
  });
  await world.clock.advance(15_000);
  await read((context) => context.notModified());
  await world.clock.settle();
  const { memory } = await through(one.cache.inspect('doc:1'));
  expect(memory).toMatchObject({ state: 'fresh', tags: ['author'] });
  expect(await read(() => 'other', other)).toBe('text');
  await through(other.cache.invalidate({ tag: 'author' }));
  expect(await read(() => 'new text')).toBe('new text');
});

test('given an invalidation during a reload, notModified does not renew the old answer', async () => {
  await read(() => 'old');
  await world.clock.advance(15_000);
  const gate = Promise.withResolvers<void>();
  await read(async (context) => {
    await gate.promise;
    return context.notModified();
  });
  await through(other.cache.invalidate({ key: 'doc:1' }));
  gate.resolve();
  await world.clock.settle();
  expect(await read(() => 'new')).toBe('new');
});

test('notModified without a stale answer is refused, and the error says what to return', async () => {
  await expect(read((context) => context.notModified())).rejects.toThrow('return a value when it is null');
});

test('the scope that a load sets applies on every process', async () => {
  await read((context) => {
    context.scope({ time: { from: 0, to: 100 }, level: ['ERROR'] });
    return 'errors of the first hundred';
  });
  await through(other.cache.invalidate({ prefix: 'doc', scope: { time: { from: 100, to: 200 } } }));
  await through(other.cache.invalidate({ prefix: 'doc', scope: { level: ['INFO'] } }));
  expect(await read(() => 'loaded again', other)).toBe('errors of the first hundred');
  await through(
    one.cache.invalidate({ prefix: 'doc', scope: { time: { from: 50, to: 60 }, level: ['ERROR', 'INFO'] } }),
  );
  expect(await read(() => 'loaded again', other)).toBe('loaded again');
});

test('an answer without a scope is hit by every scope of its prefix', async () => {
  await read(() => 'all');
  await through(other.cache.invalidate({ prefix: 'doc', scope: { level: ['INFO'] } }));
  expect(await read(() => 'loaded again')).toBe('loaded again');
});

test('given two calls of scope, the answer depends on both', async () => {
  await read((context) => {
    context.scope({ file: ['a'], time: { from: 0, to: 10 } });
    context.scope({ file: ['b'] });
    return 'of both';
  });
  for (const [file, answer] of [
    ['c', 'of both'],
    ['b', 'loaded again'],
  ] as const) {
    await through(other.cache.invalidate({ prefix: 'doc', scope: { file: [file], time: { from: 90, to: 99 } } }));
    expect(await read(() => 'loaded again')).toBe(answer);
  }
});

test('given a scoped invalidation during a load, the answer is not stored, whatever scope the load sets later', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = one.cache.getOrLoad('doc:1', async ({ scope }: LoadContext<string>) => {
    await gate.promise;
    scope({ level: ['ERROR'] });
    return 'old';
  });
  await world.clock.advance(5);
  await through(other.cache.invalidate({ prefix: 'doc', scope: { level: ['ERROR'] } }));
  gate.resolve();
  expect(await through(slow)).toBe('old');
  expect(await read(() => 'new')).toBe('new');
});

test('given 100,000 tags, the load is refused and the error names the alternative', async () => {
  const load: Load<string> = ({ tag }) => {
    tag(...Array.from({ length: 100_000 }, (_, i) => `t${i}`));
    return 'x';
  };
  await expect(read(load)).rejects.toThrow('use a scope or a prefix instead');
  expect(await through(one.cache.has('doc:1'))).toBe(false);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e9 * 31_536_000_000])(
  'an out-of-range time set by a load is refused: %d',
  async (duration) => {
    await expect(read((context) => void context.freshFor(duration))).rejects.toThrow('freshFor: expected 0 to');
    await expect(read((context) => void context.staleFor({ ifError: duration }))).rejects.toThrow('staleFor.ifError');
  },
);

test('given an invalidation during the wait for a permit, the load receives no stale answer', async () => {
  const alone = await world.process({ origins: { default: { concurrency: 1 } } });
  await read(() => 'old', alone);
  await world.clock.advance(15_000);
  const gate = Promise.withResolvers<string>();
  const busy = alone.cache.getOrLoad('doc:2', () => gate.promise);
  await world.clock.advance(5);
  let shown: unknown = 'nothing said';
  await read((context) => {
    shown = context.stale;
    return 'new';
  }, alone);
  await through(other.cache.invalidate({ key: 'doc:1' }));
  gate.resolve('done');
  await through(busy);
  await world.clock.settle();
  expect(shown).toBeNull();
});
