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
const KEY = 'orders:1';
const POLICY = { freshFor: '10s', staleFor: '60s', jitter: 0, earlyRefresh: 0 } as const;

class OutOfStock extends Error {}

test('what a load throws comes out as it is, instance and all, and is kept nowhere', async () => {
  const error = new OutOfStock('none left');
  const thrown = await through(one.cache.getOrLoad(KEY, () => Promise.reject(error), POLICY)).catch((caught) => caught);
  expect(thrown).toBe(error);
  await world.clock.settle();
  expect([await through(one.cache.has(KEY)), world.shared.read(KEY)]).toEqual([false, null]);
  expect(await through(other.cache.getOrLoad(KEY, () => 'in stock', POLICY))).toBe('in stock');
});

test('an Error that a load returns in place of a value is refused, not cached as an empty object', async () => {
  await expect(through(one.cache.getOrLoad(KEY, () => new Error('none left'), POLICY))).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  expect(await through(one.cache.has(KEY))).toBe(false);
});

test('an answer whose tags could not be taken is not cached, since no invalidation by tag could hit it', async () => {
  const load = ({ tag }: { tag(...names: string[]): void }) => {
    tag('');
    return 'untagged';
  };
  await expect(through(one.cache.getOrLoad(KEY, load, POLICY))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await through(one.cache.has(KEY))).toBe(false);
});

test.each([null, undefined])('%s, the answer that there is nothing, has a time of its own', async (nothing) => {
  const policy = { ...POLICY, freshFor: '1h', negativeFor: '5s' } as const;
  let loads = 0;
  const load = () => {
    loads++;
    return nothing;
  };
  for (let i = 0; i < 3; i++) expect(await through(one.cache.getOrLoad(KEY, load, policy))).toBe(nothing);
  expect(await through(other.cache.getOrLoad(KEY, load, policy))).toBe(nothing);
  expect(loads).toBe(1);
  await world.clock.advance(5_000);
  expect(await through(other.cache.getOrLoad(KEY, () => 'there now', policy))).toBe('there now');
});

test.each([null, undefined])('%s is kept nowhere if its time is none', async (nothing) => {
  const policy = { ...POLICY, negativeFor: 0 } as const;
  expect(await through(one.cache.getOrLoad(KEY, () => nothing, policy))).toBe(nothing);
  await world.clock.settle();
  expect(world.shared.read(KEY)).toBeNull();
  expect(await through(one.cache.getOrLoad(KEY, () => 'there now', policy))).toBe('there now');
});

test.each([false, 0, '', null])('%j is an answer like others: it is not loaded again', async (value) => {
  await through(one.cache.getOrLoad(KEY, () => value, POLICY));
  const again = () => Promise.reject(new Error('asked again'));
  expect(await through(one.cache.getOrLoad(KEY, again, POLICY))).toBe(value);
  expect(await through(other.cache.getOrLoad(KEY, again, POLICY))).toBe(value);
  expect(await through(other.cache.getOrLoadMany([KEY], again, POLICY))).toEqual([value]);
});

test('a reload that finds nothing any more takes the place of the old answer', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'there', POLICY));
  await world.clock.advance(10_000);
  expect(await through(one.cache.getOrLoad(KEY, () => null, POLICY))).toBe('there');
  await world.clock.settle();
  for (const { cache } of [one, other])
    expect(await through(cache.getOrLoad(KEY, () => 'asked again', POLICY))).toBeNull();
});

test('an origin that is down is left alone after ten failures, whichever keys are asked for, and asked again in seconds', async () => {
  let asked = 0;
  const failing = () => {
    asked++;
    return Promise.reject(new Error('down'));
  };
  for (let i = 0; i < 50; i++)
    await through(one.cache.getOrLoad(`orders:${i}`, failing, POLICY)).catch(() => undefined);
  expect(asked).toBe(10);
  await expect(through(one.cache.getOrLoad(KEY, failing, POLICY))).rejects.toMatchObject({
    code: 'ORIGIN_UNAVAILABLE',
  });
  await world.clock.advance(5_000);
  expect(await through(one.cache.getOrLoad(KEY, () => 'up', POLICY))).toBe('up');
});

test('a failed load that a stale answer hides is told in the log, with its error', async () => {
  const policy = { ...POLICY, staleFor: { ifError: '60s' } } as const;
  await through(one.cache.getOrLoad(KEY, () => 'old', policy));
  await world.clock.advance(10_000);
  const answer = await through(one.cache.getOrLoad(KEY, () => Promise.reject(new Error('the disk is full')), policy));
  expect(answer).toBe('old');
  expect(one.logged.join('\n')).toContain('the disk is full');
});

test('with everything outdated at once the origin is not asked for everything at once: its bound holds, and all are answered', async () => {
  const keys = Array.from({ length: 200 }, (_, i) => `orders:${i}`);
  await through(one.cache.getOrLoadMany(keys, async (targets) => targets, POLICY));
  await through(other.cache.invalidate({ all: true }));
  let running = 0;
  let most = 0;
  const load = async () => {
    most = Math.max(most, ++running);
    await world.clock.sleep(10);
    running--;
    return 'new';
  };
  const answers = await through(Promise.all(keys.map((key) => one.cache.getOrLoad(key, load, POLICY))));
  expect(new Set(answers)).toEqual(new Set(['new']));
  expect(most).toBe(16);
});

test('an origin that is too busy to be asked is no reason to withhold a stale answer', async () => {
  const busy = await world.process({ origins: { default: { concurrency: 1, maxWaiting: 0 } } });
  const policy = { ...POLICY, staleFor: { ifError: '60s' } } as const;
  await through(busy.cache.getOrLoad(KEY, () => 'old', policy));
  await world.clock.advance(10_000);
  const stuck = new SlowOrigin();
  const standing = busy.cache.getOrLoad('orders:2', stuck.load, policy);
  await world.clock.settle();
  const answer = await through(busy.cache.getOrLoadWithOutcome(KEY, () => 'new', policy));
  expect(answer).toMatchObject({ value: 'old', outcome: { reason: 'load-failed' } });
  await expect(through(busy.cache.getOrLoad('orders:3', () => 'new', policy))).rejects.toMatchObject({
    code: 'ORIGIN_OVERLOADED',
  });
  stuck.hurry();
  stuck.open('before');
  await world.clock.settle();
  stuck.open('after');
  expect(await through(standing)).toBe('old');
});

test('a failed reload in the background reaches no reader and no process-wide handler: it is told in the log', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(10_000);
  const failing = () => Promise.reject(new Error('the disk is full'));
  expect(await through(one.cache.getOrLoad(KEY, failing, POLICY))).toBe('old');
  await world.clock.settle();
  expect(one.logged.join('\n')).toContain('the disk is full');
});
