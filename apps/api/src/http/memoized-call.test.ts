import { expect, test } from 'vitest';
import { MemoizedCall } from './memoized-call.ts';

test('given 400 callers at once, one question is asked, and none for a second after it', async () => {
  let now = 0;
  let asked = 0;
  const remembered = new MemoizedCall(
    async () => ++asked,
    1_000,
    () => now,
  );
  expect(new Set(await Promise.all(Array.from({ length: 400 }, () => remembered.get())))).toEqual(new Set([1]));
  now = 999;
  expect(await remembered.get()).toBe(1);
  now = 1_000;
  expect(await remembered.get()).toBe(2);
});

test('after a failed question, the next caller asks again', async () => {
  let asked = 0;
  const remembered = new MemoizedCall(async () => {
    if (++asked === 1) throw new Error('away');
    return asked;
  }, 1_000);
  await expect(remembered.get()).rejects.toThrow('away');
  expect(await remembered.get()).toBe(2);
});
