import { expect, test } from 'vitest';
import { shareOfScale } from './log-scale.ts';

test('the ends of the scale are 1 µs and 10 s, and a decade is a seventh of it', () => {
  expect(shareOfScale(0.001)).toBe(0);
  expect(shareOfScale(10_000)).toBe(1);
  expect(shareOfScale(0.01)).toBeCloseTo(1 / 7);
});

test('values outside the scale are at its ends', () => {
  expect([shareOfScale(0), shareOfScale(60_000)]).toEqual([0, 1]);
});
