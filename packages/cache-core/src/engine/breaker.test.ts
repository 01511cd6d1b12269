import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Breaker } from './breaker.ts';
import { OriginLimiter } from './origin-limiter.ts';
import type { OriginLimiterOptions } from './origin-limiter-options.ts';
import { withPermit } from './testing/with-permit.ts';

let clock: ManualClock;
let states: string[];
beforeEach(() => {
  clock = new ManualClock();
  states = [];
});

const made = (options: OriginLimiterOptions = {}) =>
  new OriginLimiter('database', options, { clock, onStateChange: (state) => states.push(state) });
const call = (limiter: OriginLimiter, work: (signal: AbortSignal) => unknown, timeoutMs = 1_000) =>
  withPermit(limiter, (permit) => permit.run('k:1', timeoutMs, ({ signal }) => work(signal)));
const ask = (limiter: OriginLimiter, work: (signal: AbortSignal) => unknown) =>
  call(limiter, work).catch((error: unknown) => {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  });
const fails = () => Promise.reject(new Error('no'));
const never = () => new Promise<never>(() => undefined);
const failTimes = async (limiter: OriginLimiter, times: number) => {
  for (let i = 0; i < times; i++) await ask(limiter, fails);
};

test('given ten failures in a row, the breaker refuses calls for 5 s, and the error says when to retry', async () => {
  const limiter = made();
  await failTimes(limiter, 9);
  expect(limiter.state.breaker).toBe('closed');
  await failTimes(limiter, 1);
  let asked = 0;
  await clock.advance(1_200);
  const error: unknown = await call(limiter, () => ++asked).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'ORIGIN_UNAVAILABLE',
    retryAfterMs: 3_800,
    message: expect.stringContaining('the origin database was not called: expected a closed circuit breaker'),
    cause: new Error('no'),
  });
  expect([asked, states]).toEqual([0, ['open']]);
});

test('an answer resets the count of failures', async () => {
  const limiter = made();
  await failTimes(limiter, 9);
  await ask(limiter, () => 1);
  await failTimes(limiter, 9);
  expect(limiter.state.breaker).toBe('closed');
});

test('after the open time one probe runs, other calls are refused, and its success closes the breaker', async () => {
  const limiter = made({ breaker: { failures: 2, openFor: '5s' } });
  await failTimes(limiter, 2);
  await clock.advance(4_999);
  expect(await ask(limiter, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(1);
  let answer: ((value: string) => void) | undefined;
  const probe = ask(limiter, () => new Promise((resolve) => (answer = resolve)));
  await clock.settle();
  expect([limiter.state.breaker, await ask(limiter, () => 1)]).toEqual(['half-open', 'ORIGIN_UNAVAILABLE']);
  answer?.('well again');
  expect([await probe, await ask(limiter, () => 1)]).toEqual(['well again', 1]);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('given a probe that fails or times out, the breaker opens for the same time again', async () => {
  const limiter = made({ breaker: { failures: 2, openFor: '5s' } });
  await failTimes(limiter, 2);
  await clock.advance(5_000);
  expect(await ask(limiter, fails)).toBe('Error: no');
  await clock.advance(4_999);
  expect(await ask(limiter, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(1);
  expect(await clock.through(ask(limiter, never))).toBe('LOAD_TIMED_OUT');
  expect(await ask(limiter, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(5_000);
  expect(await ask(limiter, () => 1)).toBe(1);
});

test('given a probe that ends without a verdict, the next call is the probe', async () => {
  const breaker = new Breaker({ failures: 1, openForMs: 5_000, clock });
  await breaker.run(async () => ({ verdict: 'failed' }));
  await clock.advance(5_000);
  await breaker.run(async () => ({ verdict: 'unknown' }));
  expect([breaker.state, breaker.refusedForMs]).toEqual(['open', 0]);
  await breaker.run(async () => ({ verdict: 'answered' }));
  expect(breaker.state).toBe('closed');
});

test('a step of the wall clock neither opens nor closes the breaker', async () => {
  const limiter = made({ breaker: { failures: 1, openFor: 1 } });
  await failTimes(limiter, 1);
  const until = Date.now() + 5;
  while (Date.now() < until); // the time that a breaker on the real clock would take for its own
  clock.stepWall(3_600_000);
  expect(await ask(limiter, () => 1)).toBe('ORIGIN_UNAVAILABLE');
});

test('a timeout counts as a failure', async () => {
  const limiter = made({ breaker: { failures: 2 } });
  await clock.through(Promise.all([ask(limiter, never), ask(limiter, never)]));
  expect(limiter.state.breaker).toBe('open');
});

test('an error that is not a failure of the origin counts as an answer', async () => {
  const limiter = made({ breaker: { failures: 2 }, isFailure: (error) => error !== 'not found' });
  await failTimes(limiter, 1);
  expect(await ask(limiter, () => Promise.reject('not found'))).toBe('not found');
  await failTimes(limiter, 1);
  expect(limiter.state.breaker).toBe('closed');
  await failTimes(limiter, 1);
  await clock.advance(5_000);
  await ask(limiter, () => Promise.reject('not found'));
  expect(limiter.state.breaker).toBe('closed');
});

test('given an isFailure that throws, the call rejects with that error and counts as a failure', async () => {
  const isFailure = () => {
    throw new Error('judge');
  };
  const limiter = made({ breaker: { failures: 1 }, isFailure });
  expect(await ask(limiter, fails)).toBe('Error: judge');
  expect([limiter.state.breaker, limiter.state.running]).toEqual(['open', 0]);
});

test('given waiting calls when the breaker opens, they are refused and not made', async () => {
  const limiter = made({ concurrency: 1, breaker: { failures: 1 } });
  let asked = 0;
  const running = ask(limiter, () => new Promise((_, reject) => setImmediate(reject, 'no')));
  const waiting = [ask(limiter, () => ++asked), ask(limiter, () => ++asked)];
  expect([await running, ...(await Promise.all(waiting)), asked]).toEqual([
    'no',
    'ORIGIN_UNAVAILABLE',
    'ORIGIN_UNAVAILABLE',
    0,
  ]);
});

test('a failed call from before the opening neither opens the breaker again nor ends the probe', async () => {
  const limiter = made({ breaker: { failures: 2 } });
  const ends: ((error: string) => void)[] = [];
  const slow = () => new Promise((_, reject) => ends.push(reject));
  const late = Array.from({ length: 3 }, () => call(limiter, slow, 60_000).catch(() => undefined));
  await failTimes(limiter, 2);
  await clock.advance(5_000);
  let answer: ((value: string) => void) | undefined;
  const probe = ask(limiter, () => new Promise((resolve) => (answer = resolve)));
  for (const end of ends) end('late');
  await Promise.all(late);
  expect(limiter.state.breaker).toBe('half-open');
  answer?.('well');
  expect([await probe, states]).toEqual(['well', ['open', 'half-open', 'closed']]);
});

test('without a breaker, every call is made, however many fail', async () => {
  const limiter = made({ breaker: false });
  await failTimes(limiter, 50);
  expect([await ask(limiter, () => 1), limiter.state.breaker, states]).toEqual([1, 'closed', []]);
});
