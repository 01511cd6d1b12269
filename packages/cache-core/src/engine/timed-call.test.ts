import { beforeEach, expect, test } from 'vitest';
import type { Clock } from '../model/clock.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { timedCall } from './timed-call.ts';

const TIMEOUT_MS = 1_000;
let clock: ManualClock;
let timedOut: Promise<unknown>[];
beforeEach(() => {
  clock = new ManualClock();
  timedOut = [];
});
const optionsWith = (its: Clock) => ({
  what: 'k:1',
  timeoutMs: TIMEOUT_MS,
  clock: its,
  onTimeout: (working: Promise<unknown>) => timedOut.push(working),
});
const never = () => new Promise<never>(() => undefined);
const errorOf = (call: Promise<unknown>) => clock.through(call.catch((error: unknown) => error));

test('given a signal that is first read after the timeout, it is aborted with the error', async () => {
  let late: (() => AbortSignal) | undefined;
  const call = timedCall(optionsWith(clock), (cancellable) => {
    late = () => cancellable.signal;
    return never();
  });
  const error = await errorOf(call);
  expect(error).toMatchObject({ code: 'LOAD_TIMED_OUT' });
  expect([late?.().aborted, late?.().reason === error, timedOut.length]).toEqual([true, true, 1]);
});

test('each reader of the signal gets the same one', async () => {
  const [one, other] = await timedCall(optionsWith(clock), (call) => [call.signal, call.signal]);
  expect([one === other, one?.aborted]).toEqual([true, false]);
});

test('given a call that ends in time, its timer is stopped', async () => {
  expect(await timedCall(optionsWith(clock), () => 1)).toBe(1);
  await errorOf(timedCall(optionsWith(clock), () => Promise.reject(new Error('no'))));
  await clock.advance(2 * TIMEOUT_MS);
  expect(timedOut).toEqual([]);
});

test('given a clock without timers, a call times out by its sleep', async () => {
  const sleeping: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  expect(await timedCall(optionsWith(sleeping), () => 1)).toBe(1);
  expect(await errorOf(timedCall(optionsWith(sleeping), never))).toMatchObject({ code: 'LOAD_TIMED_OUT' });
  expect([clock.monotonic(), timedOut.length]).toEqual([TIMEOUT_MS, 1]);
});
