import { expect, test } from 'vitest';
import { kept, listed, MAX_LISTED, MAX_OVER } from './upload-list.ts';

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const isEven = (n: number): boolean => n % 2 === 0;

test('given more uploads that are over than remain, the oldest of them are dropped', () => {
  const all = numbers(2 * MAX_OVER + 4);
  const rest = kept(all, isEven);
  expect(rest.filter(isEven)).toEqual(all.filter(isEven).slice(2));
  expect(rest.filter((n) => !isEven(n))).toEqual(all.filter((n) => !isEven(n)));
});

test('given few uploads that are over, all remain', () => {
  const all = numbers(2 * MAX_OVER);
  expect(kept(all, isEven)).toEqual(all);
});

test('given thousands of files, a list of bounded length names how many more wait', () => {
  expect(listed(numbers(5_000))).toEqual({ shown: numbers(MAX_LISTED), waiting: 5_000 - MAX_LISTED });
  expect(listed(numbers(3))).toEqual({ shown: [0, 1, 2], waiting: 0 });
});
