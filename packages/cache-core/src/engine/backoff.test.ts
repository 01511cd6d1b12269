import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Backoff } from './backoff.ts';

let clock: ManualClock;
let backoff: Backoff;
beforeEach(() => {
  clock = new ManualClock();
  backoff = new Backoff(clock);
});

test('a key that never failed is not in back-off', () => {
  expect([backoff.isBackingOff('a'), backoff.remainingMs('a')]).toEqual([false, 0]);
});

test('each failure in a row doubles the back-off, from one second to a minute', async () => {
  const waited: number[] = [];
  for (let i = 0; i < 8; i++) {
    backoff.failed('a');
    waited.push(backoff.remainingMs('a'));
    await clock.advance(backoff.remainingMs('a'));
    expect(backoff.isBackingOff('a')).toBe(false);
  }
  expect(waited).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('the back-off lasts to its last millisecond', async () => {
  backoff.failed('a');
  await clock.advance(999);
  expect(backoff.isBackingOff('a')).toBe(true);
  await clock.advance(1);
  expect(backoff.isBackingOff('a')).toBe(false);
});

test('a hundred failures at once count as one', () => {
  for (let i = 0; i < 100; i++) backoff.failed('a');
  expect(backoff.remainingMs('a')).toBe(1_000);
});

test('a success ends the back-off, and the next failure starts at one second', async () => {
  backoff.failed('a');
  await clock.advance(1_000);
  backoff.failed('a');
  backoff.succeeded('a');
  expect(backoff.isBackingOff('a')).toBe(false);
  backoff.failed('a');
  expect(backoff.remainingMs('a')).toBe(1_000);
});

test('a failure of one key does not affect another key', () => {
  backoff.failed('a');
  expect(backoff.isBackingOff('b')).toBe(false);
});

test('a step of the wall clock does not change the back-off', () => {
  backoff.failed('a');
  clock.stepWall(3_600_000);
  expect(backoff.remainingMs('a')).toBe(1_000);
});

test('given more than 10,000 failing keys, the least recently used one is dropped', () => {
  for (let i = 0; i < 10_000; i++) backoff.failed(`k${i}`);
  backoff.isBackingOff('k0');
  backoff.failed('one more');
  expect([backoff.isBackingOff('k0'), backoff.isBackingOff('k1'), backoff.isBackingOff('k2')]).toEqual([
    true,
    false,
    true,
  ]);
});
