import { expect, test } from 'vitest';
import { placeLabels, timeScale } from './time-scale.ts';

test('the first mark is at 0, the last at 1, and times between them are in order', () => {
  const scale = timeScale([3_600_000, 0, 60_000]);
  const at = [-5, 0, 30_000, 60_000, 1_800_000, 3_600_000, 9e9].map(scale);
  expect([at[0], at[1], at[5], at[6]]).toEqual([0, 0, 1, 1]);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
});

test('a second beside a day is wide enough to see', () => {
  expect(timeScale([0, 1_000, 86_400_000])(1_000)).toBeGreaterThan(0.05);
});

test('one mark, or none, is at 0', () => {
  expect([timeScale([5])(5), timeScale([])(5)]).toEqual([0, 0]);
});

test('texts that would overlap get rows of their own, and stay inside', () => {
  const labels = [0, 10, 100, 195].map((x) => ({ x, width: 60 }));
  expect(placeLabels(labels, 200).map(({ x, row }) => [x, row])).toEqual([
    [30, 0],
    [30, 1],
    [100, 0],
    [170, 0],
  ]);
});
