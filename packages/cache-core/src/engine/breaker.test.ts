import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Origin } from './origin.ts';
import type { OriginOptions } from './origin-options.ts';

let clock: ManualClock;
let states: string[];
beforeEach(() => {
  clock = new ManualClock();
  states = [];
});

const made = (options: OriginOptions = {}) =>
  new Origin('database', options, { clock, onStateChange: (state) => states.push(state) });
const ask = (origin: Origin, work: (signal: AbortSignal) => unknown, unwanted?: AbortSignal) =>
  origin.run('k:1', 1_000, work, undefined, unwanted).catch((error: unknown) => {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  });
const fails = () => Promise.reject(new Error('no'));
const never = () => new Promise<never>(() => undefined);
const failTimes = async (origin: Origin, times: number) => {
  for (let i = 0; i < times; i++) await ask(origin, fails);
};

test('ten failures in a row open it for five seconds: nothing is asked, and the error says what to do', async () => {
  const origin = made();
  await failTimes(origin, 9);
  expect(origin.state.breaker).toBe('closed');
  await failTimes(origin, 1);
  let asked = 0;
  await clock.advance(1_200);
  const error: unknown = await origin.run('k', 1_000, () => ++asked).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'ORIGIN_UNAVAILABLE',
    retryAfterMs: 3_800,
    message: expect.stringContaining('the origin database was not called: expected a closed circuit breaker'),
    cause: new Error('no'),
  });
  expect([asked, states]).toEqual([0, ['open']]);
});

test('an answer in between begins the row anew', async () => {
  const origin = made();
  await failTimes(origin, 9);
  await ask(origin, () => 1);
  await failTimes(origin, 9);
  expect(origin.state.breaker).toBe('closed');
});

test('after its time one call finds out; those who come meanwhile are refused at once; its success closes it', async () => {
  const origin = made({ breaker: { failures: 2, openFor: '5s' } });
  await failTimes(origin, 2);
  await clock.advance(4_999);
  expect(await ask(origin, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(1);
  let answer: ((value: string) => void) | undefined;
  const probe = ask(origin, () => new Promise((resolve) => (answer = resolve)));
  expect([origin.state.breaker, await ask(origin, () => 1)]).toEqual(['half-open', 'ORIGIN_UNAVAILABLE']);
  answer?.('well again');
  expect([await probe, await ask(origin, () => 1)]).toEqual(['well again', 1]);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('a probe that fails, or times out, opens it for the same time again', async () => {
  const origin = made({ breaker: { failures: 2, openFor: '5s' } });
  await failTimes(origin, 2);
  await clock.advance(5_000);
  expect(await ask(origin, fails)).toBe('Error: no');
  await clock.advance(4_999);
  expect(await ask(origin, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(1);
  expect(await clock.through(ask(origin, never))).toBe('LOAD_TIMED_OUT');
  expect(await ask(origin, () => 1)).toBe('ORIGIN_UNAVAILABLE');
  await clock.advance(5_000);
  expect(await ask(origin, () => 1)).toBe(1);
});

test('a probe that nobody wants any more decides nothing: the next call is the probe', async () => {
  const origin = made({ breaker: { failures: 2 } });
  await failTimes(origin, 2);
  await clock.advance(5_000);
  const unwanted = new AbortController();
  const probe = ask(origin, never, unwanted.signal);
  unwanted.abort('gone');
  await probe;
  expect(origin.state.breaker).toBe('open');
  expect([await ask(origin, () => 1), origin.state.breaker]).toEqual([1, 'closed']);
});

test('neither a real clock nor a step of the wall clock opens or closes it', async () => {
  const origin = made({ breaker: { failures: 1, openFor: 1 } });
  await failTimes(origin, 1);
  const until = Date.now() + 5;
  while (Date.now() < until); // the time that a breaker on the real clock would take for its own
  clock.stepWall(3_600_000);
  expect(await ask(origin, () => 1)).toBe('ORIGIN_UNAVAILABLE');
});

test('timeouts are failures', async () => {
  const origin = made({ breaker: { failures: 2 } });
  await clock.through(Promise.all([ask(origin, never), ask(origin, never)]));
  expect(origin.state.breaker).toBe('open');
});

test('an error that is not the origin’s fault counts as an answer', async () => {
  const origin = made({ breaker: { failures: 2 }, isFailure: (error) => error !== 'not found' });
  await failTimes(origin, 1);
  expect(await ask(origin, () => Promise.reject('not found'))).toBe('not found');
  await failTimes(origin, 1);
  expect(origin.state.breaker).toBe('closed');
  await failTimes(origin, 1);
  await clock.advance(5_000);
  await ask(origin, () => Promise.reject('not found'));
  expect(origin.state.breaker).toBe('closed');
});

test('what the judge of errors throws comes out, and counts as the origin’s fault', async () => {
  const isFailure = () => {
    throw new Error('judge');
  };
  const origin = made({ breaker: { failures: 1 }, isFailure });
  expect(await ask(origin, fails)).toBe('Error: judge');
  expect([origin.state.breaker, origin.state.running]).toEqual(['open', 0]);
});

test('who waited while it opened is refused when the turn comes, unmade', async () => {
  const origin = made({ concurrency: 1, breaker: { failures: 1 } });
  let asked = 0;
  const running = ask(origin, () => new Promise((_, reject) => setImmediate(reject, 'no')));
  const waiting = [ask(origin, () => ++asked), ask(origin, () => ++asked)];
  expect([await running, ...(await Promise.all(waiting)), asked]).toEqual([
    'no',
    'ORIGIN_UNAVAILABLE',
    'ORIGIN_UNAVAILABLE',
    0,
  ]);
});

test('a failure of what began before it opened neither opens it again nor ends the probe', async () => {
  const origin = made({ breaker: { failures: 2 } });
  const ends: ((error: string) => void)[] = [];
  const slow = () => new Promise((_, reject) => ends.push(reject));
  const late = Array.from({ length: 3 }, () => origin.run('late', 60_000, slow).catch(() => undefined));
  await failTimes(origin, 2);
  await clock.advance(5_000);
  let answer: ((value: string) => void) | undefined;
  const probe = ask(origin, () => new Promise((resolve) => (answer = resolve)));
  for (const end of ends) end('late');
  await Promise.all(late);
  expect(origin.state.breaker).toBe('half-open');
  answer?.('well');
  expect([await probe, states]).toEqual(['well', ['open', 'half-open', 'closed']]);
});

test('without a breaker, every call is made however often they fail', async () => {
  const origin = made({ breaker: false });
  await failTimes(origin, 50);
  expect([await ask(origin, () => 1), origin.state.breaker, states]).toEqual([1, 'closed', []]);
});
