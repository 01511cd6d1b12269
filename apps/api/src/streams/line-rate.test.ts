import { expect, test } from 'vitest';
import { LineRate } from './line-rate.ts';

test('500 lines may be sent at once, then 100 per second', () => {
  let now = 0;
  const rate = new LineRate(() => now);
  expect(rate.take(450)).toBe(450);
  expect(rate.take(100)).toBe(50);
  now = 999;
  expect(rate.take(100)).toBe(99);
  now = 3_600_000;
  expect(rate.take(10_000)).toBe(500);
});
