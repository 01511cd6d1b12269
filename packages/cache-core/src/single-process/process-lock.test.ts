import { expect, test } from 'vitest';
import type { FillLockAttempt } from '../ports/fill-lock.ts';
import { ManualClock } from '../testing/index.ts';
import { ProcessLock } from './process-lock.ts';

const clock = new ManualClock();
let asleep = 0;
const lock = new ProcessLock({
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  sleep: async (ms, signal) => {
    asleep++;
    await clock.sleep(ms, signal);
    asleep--;
  },
});

async function holder(name: string): Promise<Extract<FillLockAttempt, { held: true }>> {
  const turn = await lock.acquire(name);
  if (!turn.held) throw new Error('expected to hold the lock');
  return turn;
}

async function waiter(name: string): Promise<Extract<FillLockAttempt, { held: false }>> {
  const turn = await lock.acquire(name);
  if (turn.held) throw new Error('expected to wait');
  return turn;
}

test('one of many callers holds the lock until it releases it; each name is a separate lock', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, () => lock.acquire('many')));
  const [first, ...more] = taken.filter(({ held }) => held);
  expect([more, await lock.isHeld('many'), await lock.isHeld('elsewhere')]).toEqual([[], true, false]);
  const elsewhere = await holder('elsewhere');
  if (first?.held) await first.release();
  expect([await lock.isHeld('many'), await lock.isHeld('elsewhere')]).toEqual([false, true]);
  await elsewhere.release();
  await (await holder('many')).release();
});

test('a waiter is woken by the release, even an earlier one, without a leftover timer', async () => {
  const held = await holder('woken');
  const [before, after] = [await waiter('woken'), await waiter('woken')];
  const ended = before.ended(3_600_000);
  await held.release();
  expect([await ended, await after.ended(3_600_000)]).toEqual([true, true]);
  await clock.settle();
  expect([clock.monotonic(), asleep]).toEqual([0, 0]);
});

test('a waiter also returns when its time is over', async () => {
  const held = await holder('time');
  expect(await clock.through((await waiter('time')).ended(30))).toBe(false);
  await held.release();
});

test('a repeated release does not release the lock of another holder', async () => {
  const first = await holder('twice');
  await first.release();
  const second = await holder('twice');
  await first.release();
  expect(await lock.isHeld('twice')).toBe(true);
  await second.release();
});
