import { beforeEach, expect, test } from 'vitest';
import { parseKey } from '../key.ts';
import { ManualClock } from '../testing/index.ts';
import { type Load, Loader } from './load.ts';

const KEY = parseKey('k:1');
let clock: ManualClock;
let loader: Loader;
beforeEach(() => {
  clock = new ManualClock();
  loader = new Loader({ concurrency: 2, maxWaiting: 3, clock });
});
const run = (load: Load, timeoutMs = 1_000) => loader.run(KEY, load, timeoutMs);
const never = () => new Promise(() => undefined);

test.each([null, false, 0, '', [], { a: [1, null] }])('%j is loaded as its JSON', async (value) => {
  const { body, store, tags } = await run(() => value);
  expect([JSON.parse(body.toString()), store, tags]).toEqual([value, true, []]);
});

test('the same value has the same validator, another value another', async () => {
  const [a, b, c] = [await run(() => ({ a: 1 })), await run(async () => ({ a: 1 })), await run(() => ({ a: 2 }))];
  expect(a.etag).toHaveLength(22);
  expect([b.etag === a.etag, c.etag === a.etag]).toEqual([true, false]);
});

test('a load names its tags, once each, and may ask not to be stored', async () => {
  const { tags, store } = await run((context) => {
    context.tag('a', 'b');
    context.tag('a');
    context.skipStore();
    return 1;
  });
  expect([tags, store]).toEqual([['a', 'b'], false]);
});

test.each(['', 't'.repeat(1_025), '\ud800'])('a tag that no invalidation could name is refused: %j', async (tag) => {
  await expect(run((context) => context.tag(tag))).rejects.toThrow('tag: expected 1 to 1024 characters');
});

test('a load that never settles fails after its time, and is told so by its signal', async () => {
  let signal: AbortSignal | undefined;
  const stuck = run((context) => {
    signal = context.signal;
    return never();
  });
  await expect(clock.through(stuck)).rejects.toThrow(expect.objectContaining({ code: 'LOAD_TIMED_OUT' }));
  expect([clock.monotonic(), signal?.aborted]).toEqual([1_000, true]);
});

test('a load that ends in time is never aborted', async () => {
  let signal: AbortSignal | undefined;
  await run((context) => {
    signal = context.signal;
  }).catch(() => undefined);
  await clock.advance(5_000);
  expect(signal?.aborted).toBe(false);
});

test('what a load throws comes out as it is, error or not, thrown or rejected', async () => {
  const error = new Error('origin says no');
  const thrown = [error, 'a text', undefined, null, 42];
  for (const what of thrown) {
    const seen: unknown[] = [];
    const load = () => {
      throw what;
    };
    await run(load).catch((caught: unknown) => seen.push(caught));
    await run(() => Promise.reject(what)).catch((caught: unknown) => seen.push(caught));
    expect(seen).toEqual([what, what]);
  }
});

test.each([undefined, () => 1, Symbol('s')])(
  'a load that gives %s is refused, saying what to return',
  async (value) => {
    await expect(run(() => value)).rejects.toThrow('return null for "nothing"');
  },
);

test('so many loads run at a time, so many wait in turn, more are refused at once', async () => {
  const running: (() => void)[] = [];
  let most = 0;
  let now = 0;
  const load = async () => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => running.push(resolve));
    now--;
    return 1;
  };
  const loads = Array.from({ length: 8 }, () =>
    run(load, 60_000).then(
      () => 'loaded',
      (error: { code: string }) => error.code,
    ),
  );
  for (let i = 0; i < 5; i++) {
    await clock.settle();
    running.shift()?.();
  }
  const results = await Promise.all(loads);
  expect(results.filter((result) => result === 'loaded')).toHaveLength(5);
  expect(results.filter((result) => result === 'ORIGIN_OVERLOADED')).toHaveLength(3);
  expect(most).toBe(2);
});

test('with no queue at all, loads still run while there is room', async () => {
  loader = new Loader({ concurrency: 1, maxWaiting: 0, clock });
  expect((await run(() => 1)).body.toString()).toBe('1');
  const stuck = run(never);
  await clock.settle();
  await expect(run(() => 1)).rejects.toThrow('the origin is busy');
  await expect(clock.through(stuck)).rejects.toThrow('expected an answer within 1000 ms');
});

test('a load that timed out gives its place to the next', async () => {
  const stuck = Promise.allSettled([run(never), run(never)]);
  const next = run(() => 'next');
  await clock.through(stuck);
  expect((await clock.through(next)).body.toString()).toBe('"next"');
});
