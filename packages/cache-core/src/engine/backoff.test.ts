import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Backoff } from './backoff.ts';

let clock: ManualClock;
let backoff: Backoff;
beforeEach(() => {
  clock = new ManualClock();
  backoff = new Backoff(clock);
});

test('a key that never failed is not backing off', () => {
  expect([backoff.isBackingOff('a'), backoff.remainingMs('a')]).toEqual([false, 0]);
});

test('each failure in a row doubles the time it is left alone, from one second to a minute', async () => {
  const waited: number[] = [];
  for (let i = 0; i < 8; i++) {
    backoff.failed('a');
    waited.push(backoff.remainingMs('a'));
    await clock.advance(backoff.remainingMs('a'));
    expect(backoff.isBackingOff('a')).toBe(false);
  }
  expect(waited).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('it is backing off up to the last millisecond', async () => {
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

test('a success ends it, and the next failure begins at one second again', async () => {
  backoff.failed('a');
  await clock.advance(1_000);
  backoff.failed('a');
  backoff.succeeded('a');
  expect(backoff.isBackingOff('a')).toBe(false);
  backoff.failed('a');
  expect(backoff.remainingMs('a')).toBe(1_000);
});

test('one key’s failures are none of another’s', () => {
  backoff.failed('a');
  expect(backoff.isBackingOff('b')).toBe(false);
});

test('a step of the wall clock changes nothing', () => {
  backoff.failed('a');
  clock.stepWall(3_600_000);
  expect(backoff.remainingMs('a')).toBe(1_000);
});

test('of more than 10,000 failing keys, the one not asked about for longest is forgotten', () => {
  for (let i = 0; i < 10_000; i++) backoff.failed(`k${i}`);
  backoff.isBackingOff('k0');
  backoff.failed('one more');
  expect([backoff.isBackingOff('k0'), backoff.isBackingOff('k1'), backoff.isBackingOff('k2')]).toEqual([
    true,
    false,
    true,
  ]);
});
