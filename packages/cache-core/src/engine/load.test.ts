import { beforeEach, expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { frozenValue } from '../model/value.ts';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { ManualClock } from '../testing/index.ts';
import { type Answered, type Load, type Loaded, Loader } from './load.ts';
import { OriginLimiter } from './origin-limiter.ts';

const KEY = parseKey('k:1');
let clock: ManualClock;
let loader: Loader;
beforeEach(() => {
  clock = new ManualClock();
  const limiters = new Map([['default', new OriginLimiter('default', {}, { clock })]]);
  loader = new Loader({ limiters, clock, name: 'main', follower: { stamp: { epoch: 1, asOf: 0 } } });
});
async function run(load: Load, origin = 'default'): Promise<Loaded> {
  let answered: Answered = { error: 'no answer' };
  await loader.source(KEY, load, resolvePolicy({ hardTimeout: 1_000, origin })).load({
    key: KEY,
    start: { stamp: { epoch: 1, asOf: 0 }, beganAt: 0 },
    inFlight: null,
    stale: () => null,
    fill: async (answer) => {
      answered = answer;
      return { cached: sampleEntry(KEY), fetched: false, stored: false };
    },
  });
  if ('error' in answered) throw answered.error;
  return answered;
}
const never = () => new Promise(() => undefined);

test.each([undefined, null, false, 0, '', [], { a: [1, null] }])(
  'given a load that returns %j, the answer is its JSON',
  async (value) => {
    const { body, store, tags } = await run(() => value);
    expect([frozenValue(body).value, store, tags]).toEqual([value, true, []]);
  },
);

test('a load adds tags, without duplicates, and may skip the store', async () => {
  const { tags, store } = await run((context) => {
    context.tag('a', 'b');
    context.tag('a');
    context.skipStore();
    return 1;
  });
  expect([tags, store]).toEqual([['a', 'b'], false]);
});

test.each(['', 't'.repeat(1_025), '\ud800'])('an invalid tag is refused: %j', async (tag) => {
  await expect(run((context) => context.tag(tag))).rejects.toThrow('tag: expected 1 to 1024 characters');
});

test('given a load that never settles, it fails after hardTimeout and its signal is aborted', async () => {
  let signal: AbortSignal | undefined;
  const stuck = run((context) => {
    signal = context.signal;
    return never();
  });
  await expect(clock.through(stuck)).rejects.toThrow(expect.objectContaining({ code: 'LOAD_TIMED_OUT' }));
  expect([clock.monotonic(), signal?.aborted]).toEqual([1_000, true]);
});

test('given a load that ends in time, its signal is never aborted', async () => {
  let signal: AbortSignal | undefined;
  await run((context) => {
    signal = context.signal;
  }).catch(() => undefined);
  await clock.advance(5_000);
  expect(signal?.aborted).toBe(false);
});

test('the caller gets the thrown or rejected value of a load unchanged', async () => {
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

test.each([() => 1, Symbol('s')])(
  'given a load that returns %s, the error says what to return instead',
  async (value) => {
    await expect(run(() => value)).rejects.toThrow('return null for "nothing"');
  },
);

test('a later change of the returned object does not change the answer', async () => {
  const list = [1];
  const { body } = await run(() => list);
  list.push(2);
  expect(body.toString()).toBe('[1]');
});

test('given an unknown origin, the load is refused and the error lists the known ones', async () => {
  await expect(run(() => 1, 'elastic')).rejects.toThrow('policy.origin: expected one of default, got "elastic"');
});
