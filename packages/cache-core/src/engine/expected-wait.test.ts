import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ExpectedWait } from './expected-wait.ts';
import { OriginLimiter } from './origin-limiter.ts';
import { withPermit } from './testing/with-permit.ts';

const waitOf = (maxExpectedWaitMs: number) => new ExpectedWait(4, maxExpectedWaitMs);
/** Fills the queue at 0 and observes it until `ms`. */
const keepFilled = (wait: ExpectedWait, ms: number) => {
  for (let now = 0; now <= ms; now += 50) wait.observe(now === 0 ? 0 : 1, now);
};

test('before a call has ended, twelve calls per permit may wait in a burst, and then four', () => {
  const wait = waitOf(1_000);
  expect(wait.maxWaiting).toBe(48);
  keepFilled(wait, 500);
  expect(wait.maxWaiting).toBe(48);
  keepFilled(wait, 600);
  expect(wait.maxWaiting).toBe(16);
  wait.observe(0, 700);
  expect(wait.maxWaiting).toBe(48);
});

test('as many calls may wait as end within the expected wait', () => {
  const wait = waitOf(1_000);
  wait.ended(20);
  // Four calls end every 20 ms.
  expect(wait.maxWaiting).toBe(200);
  keepFilled(wait, 10_000);
  expect(wait.maxWaiting).toBe(200);
});

test('a queue of a process that was stopped for seconds is a burst', () => {
  const wait = waitOf(1_000);
  wait.observe(0, 0);
  wait.observe(40, 10_000);
  expect(wait.maxWaiting).toBe(48);
});

test('given calls without a measurable duration, any number may wait', () => {
  const wait = waitOf(1_000);
  wait.ended(0);
  expect(wait.maxWaiting).toBe(Number.POSITIVE_INFINITY);
});

test('given calls longer than the expected wait, twelve calls per permit may wait in a burst, and then four', () => {
  const wait = waitOf(1_000);
  wait.ended(5_000);
  expect(wait.maxWaiting).toBe(48);
  keepFilled(wait, 600);
  expect(wait.maxWaiting).toBe(16);
});

test('given slower calls fewer may wait, and more again after they recover', () => {
  const wait = waitOf(1_000);
  const after = (calls: number, ms: number) => {
    for (let n = 0; n < calls; n++) wait.ended(ms);
    return wait.maxWaiting;
  };
  expect(after(50, 10)).toBe(400);
  expect(after(1, 1_000)).toBeLessThan(400);
  expect(after(100, 1_000)).toBe(48);
  expect(after(100, 10)).toBeGreaterThan(300);
});

test.each([
  { maxExpectedWait: '150ms', waiting: 24, longestMs: 1_300 },
  { maxExpectedWait: '10s', waiting: 38, longestMs: 2_000 }, // the control
] as const)('given an expected wait of $maxExpectedWait, $waiting of 40 calls wait', async (given) => {
  const { maxExpectedWait, waiting, longestMs } = given;
  const clock = new ManualClock();
  const limiter = new OriginLimiter('database', { concurrency: 2, maxExpectedWait }, { clock });
  const call = () =>
    withPermit(limiter, (permit) => permit.run('k:1', 1_000, () => clock.sleep(100))).then(
      () => 'done',
      ({ code }) => code,
    );
  await clock.through(call());
  const began = clock.monotonic();
  const calls = Array.from({ length: 40 }, call);
  await clock.settle();
  expect([limiter.state.waiting, limiter.isFull]).toEqual([waiting, waiting < 38]);
  expect(await clock.through(Promise.all(calls))).toEqual([
    ...Array(2 + waiting).fill('done'),
    ...Array(38 - waiting).fill('ORIGIN_OVERLOADED'),
  ]);
  expect(clock.monotonic() - began).toBe(longestMs);
});

test('a queue that stays filled is more than a burst, until it has been empty', async () => {
  const clock = new ManualClock();
  const limiter = new OriginLimiter('database', { concurrency: 1, maxExpectedWait: 0 }, { clock });
  const call = () => withPermit(limiter, (permit) => permit.run('k:1', 10_000, () => clock.sleep(100)));
  const calls = [call(), ...Array.from({ length: 12 }, call)];
  await clock.advance(601);
  expect([limiter.state.waiting, limiter.isFull]).toEqual([6, true]);
  await clock.through(Promise.all(calls));

  const later = [call(), ...Array.from({ length: 7 }, call)];
  await clock.settle();
  expect([limiter.state.waiting, limiter.isFull]).toEqual([7, false]);
  await clock.through(Promise.all(later));
});

test('a nested call may wait in a queue that is full by its expected wait, but not beyond `maxWaiting`', async () => {
  const clock = new ManualClock();
  const limiter = new OriginLimiter('database', { concurrency: 1, maxExpectedWait: 0, maxWaiting: 13 }, { clock });
  const call = () => withPermit(limiter, (permit) => permit.run('k:1', 10_000, () => clock.sleep(100)));
  const calls = Array.from({ length: 13 }, call);
  await clock.settle();
  await expect(limiter.acquire()).rejects.toThrow('expected fewer than 12 loads waiting');
  const nested = limiter.acquire(true);
  await clock.settle();
  await expect(limiter.acquire(true)).rejects.toThrow('expected fewer than 13 loads waiting');
  await clock.through(Promise.all(calls));
  (await nested).release();
});
