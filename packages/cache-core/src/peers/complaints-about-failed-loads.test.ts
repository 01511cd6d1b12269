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

// Complaint: Errors are cached.
// Complaint: Errors of the function are swallowed.
// Threads: jaredwray/cacheable#1147
test('the error of a load is rethrown unchanged and not cached', async () => {
  const error = new OutOfStock('none left');
  const thrown = await through(one.cache.getOrLoad(KEY, () => Promise.reject(error), POLICY)).catch((caught) => caught);
  expect(thrown).toBe(error);
  await world.clock.settle();
  expect([await through(one.cache.has(KEY)), world.shared.read(KEY)]).toEqual([false, null]);
  expect(await through(other.cache.getOrLoad(KEY, () => 'in stock', POLICY))).toBe('in stock');
});

// Complaint: Errors are cached.
// Threads: jaredwray/cacheable#896, jaredwray/cacheable#1091, jaredwray/cacheable#898
test('an Error returned as a value is refused, not cached as an empty object', async () => {
  await expect(through(one.cache.getOrLoad(KEY, () => new Error('none left'), POLICY))).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  expect(await through(one.cache.has(KEY))).toBe(false);
});

test('an answer with an invalid tag is not cached, because no tag could invalidate it', async () => {
  const load = ({ tag }: { tag(...names: string[]): void }) => {
    tag('');
    return 'untagged';
  };
  await expect(through(one.cache.getOrLoad(KEY, load, POLICY))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(await through(one.cache.has(KEY))).toBe(false);
});

// Complaint: `null` cannot be excluded or have a separate time. Here `negativeFor` sets it.
// Threads: ZiggyCreatures/FusionCache#51, ben-manes/caffeine#1943
test.each([null, undefined])('%s, the negative answer, has a separate time', async (nothing) => {
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

// Complaint: `null` cannot be excluded or have a separate time. Here `negativeFor` sets it.
// Complaint: `undefined` is cached silently. Here it is a value; `negativeFor: 0` excludes it.
test.each([null, undefined])('%s is not stored if negativeFor is 0', async (nothing) => {
  const policy = { ...POLICY, negativeFor: 0 } as const;
  expect(await through(one.cache.getOrLoad(KEY, () => nothing, policy))).toBe(nothing);
  await world.clock.settle();
  expect(world.shared.read(KEY)).toBeNull();
  expect(await through(one.cache.getOrLoad(KEY, () => 'there now', policy))).toBe('there now');
});

test.each([false, 0, '', null])('%j is cached like other answers', async (value) => {
  await through(one.cache.getOrLoad(KEY, () => value, POLICY));
  const again = () => Promise.reject(new Error('asked again'));
  expect(await through(one.cache.getOrLoad(KEY, again, POLICY))).toBe(value);
  expect(await through(other.cache.getOrLoad(KEY, again, POLICY))).toBe(value);
  expect(await through(other.cache.getOrLoadMany([KEY], again, POLICY))).toEqual([value]);
});

test('a reload that returns null replaces the old answer', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'there', POLICY));
  await world.clock.advance(10_000);
  expect(await through(one.cache.getOrLoad(KEY, () => null, POLICY))).toBe('there');
  await world.clock.settle();
  for (const { cache } of [one, other])
    expect(await through(cache.getOrLoad(KEY, () => 'asked again', POLICY))).toBeNull();
});

// Complaint: A failing origin is called for every object. Here the circuit breaker opens for 5 s after ten failures.
// Threads: varnishcache/varnish-cache#824
test('after ten failures of any keys the circuit breaker opens, and probes within seconds', async () => {
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

// Complaint: A failure behind a stale value is not logged, or not as an error.
test('a failed load behind a stale answer is logged with its error', async () => {
  const policy = { ...POLICY, staleFor: { ifError: '60s' } } as const;
  await through(one.cache.getOrLoad(KEY, () => 'old', policy));
  await world.clock.advance(10_000);
  const answer = await through(one.cache.getOrLoad(KEY, () => Promise.reject(new Error('the disk is full')), policy));
  expect(answer).toBe('old');
  expect(one.logged.join('\n')).toContain('the disk is full');
});

// Complaint: Clearing everything overloads the backend. Here at most 16 loads run per origin.
// Threads: memcached/memcached#1071, WWBN/AVideo#2421
test('after everything is invalidated, loads keep to the origin’s concurrency and all readers get answers', async () => {
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

// Complaint: A failing origin is called for every object. Here the circuit breaker opens for 5 s after ten failures.
test('a stale answer is served if the origin is overloaded', async () => {
  const busy = await world.process({ origins: { default: { concurrency: 1, maxWaiting: 0 } } });
  const policy = { ...POLICY, staleFor: { ifError: '60s' } } as const;
  await through(busy.cache.getOrLoad(KEY, () => 'old', policy));
  await world.clock.advance(10_000);
  const stuck = new SlowOrigin();
  const running = busy.cache.getOrLoad('orders:2', stuck.load, policy);
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
  expect(await through(running)).toBe('old');
});

// Complaint: A failure behind a stale value is not logged, or not as an error.
// Threads: dathere/qsv#4511, epicweb-dev/cachified#124
// Complaint: Failures in the background become unhandled rejections.
// Threads: jaredwray/keyv#1473, kibertoad/layered-loader#415
test('a failed background reload is logged, and reaches no reader and no process-wide handler', async () => {
  await through(one.cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(10_000);
  const failing = () => Promise.reject(new Error('the disk is full'));
  expect(await through(one.cache.getOrLoad(KEY, failing, POLICY))).toBe('old');
  await world.clock.settle();
  expect(one.logged.join('\n')).toContain('the disk is full');
});
