import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { longestWithin, rateFor, staleShare, staleShareOfHits } from './stale-share.ts';

const rates = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.double({ min: 0, max: 1e-6, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, 1e300, Number.POSITIVE_INFINITY),
);
const limits = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 1e10 }), fc.integer({ min: 1, max: 1e10 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

test('the chosen time is within its bounds, and within the limit unless it is the minimum', () => {
  fc.assert(
    fc.property(limits, bounds, rates, rates, (limit, between, rate, readRate) => {
      const ms = longestWithin(limit, between, rate, readRate);
      expect(ms).toBeGreaterThanOrEqual(between[0]);
      expect(ms).toBeLessThanOrEqual(between[1]);
      if (ms > between[0]) expect(staleShare(ms, rate, readRate)).toBeLessThanOrEqual(limit * (1 + 1e-9));
    }),
    { numRuns: 3_000 },
  );
});

test('the chosen time falls with the rates and rises with the limit', () => {
  fc.assert(
    fc.property(limits, bounds, fc.tuple(rates, rates), rates, (limit, between, [a, b], readRate) => {
      const [slow, fast] = [Math.min(a, b), Math.max(a, b)];
      const chosen = longestWithin(limit, between, slow, readRate);
      expect(longestWithin(limit, between, fast, readRate)).toBeLessThanOrEqual(chosen + 1);
      expect(longestWithin(limit, between, readRate, fast)).toBeLessThanOrEqual(
        longestWithin(limit, between, readRate, slow) + 1,
      );
      expect(longestWithin(Math.min(0.5, limit * 2), between, slow, readRate)).toBeGreaterThanOrEqual(chosen - 1);
    }),
    { numRuns: 3_000 },
  );
});

test('after a sudden rise of demand, the stale share is at most twice the limit', () => {
  fc.assert(
    fc.property(limits, bounds, rates, rates, (limit, between, rate, readRate) => {
      const ms = longestWithin(limit, between, rate, readRate);
      if (ms > between[0]) expect(staleShareOfHits(ms, rate)).toBeLessThanOrEqual(2 * limit * (1 + 1e-9));
    }),
    { numRuns: 3_000 },
  );
});

test('the stale share equals that of random reads and changes', () => {
  const random = new SeededRandom(3);
  const wait = (rate: number) => -Math.log(1 - random.next()) / rate;
  const [rate, readRate, freshForMs] = [1 / 20_000, 1 / 2_000, 10_000];
  let [reads, stale, now, loadedAt, changedAt] = [0, 0, 0, Number.NEGATIVE_INFINITY, 0];
  while (reads < 100_000) {
    now += wait(readRate);
    reads++;
    if (now - loadedAt >= freshForMs) {
      loadedAt = now;
      changedAt = now + wait(rate);
    } else if (now >= changedAt) stale++;
  }
  expect(stale / reads / staleShare(freshForMs, rate, readRate)).toBeCloseTo(1, 1);
});

test('`rateFor` inverts `longestWithin`', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 100, max: 1e9 }), (limit, freshForMs) => {
      const rate = rateFor(freshForMs, limit);
      const chosen = longestWithin(limit, [1, freshForMs * 10], rate, Number.POSITIVE_INFINITY);
      expect(Math.abs(chosen / freshForMs - 1)).toBeLessThan(0.02);
    }),
  );
});
