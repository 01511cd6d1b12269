import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binOf, percentilesOf, RELATIVE_ERROR } from './time-bins.ts';

/** Interpolation between 0 and a share near 0 of it yields numbers without a relative precision. */
const SMALLEST_MS = 1e-300;

test('a percentile of bins is within 1 % of the percentile of the times', () => {
  const times = fc.array(
    fc.oneof(fc.double({ min: 0.001, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 50 }), fc.constant(0)),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(
    fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const counts = new Map<number, number>();
      for (const ms of all) counts.set(binOf(ms), (counts.get(binOf(ms)) ?? 0) + 1);
      const bins = [...counts].map(([bin, count]) => ({ bin, count })).sort((a, b) => a.bin - b.bin);
      const sorted = all.toSorted((a, b) => a - b);
      const rank = share * (sorted.length - 1);
      const [below = 0, above = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
      const exact = below + (above - below) * (rank - Math.floor(rank));
      const [found = Number.NaN] = percentilesOf(bins, [share]);
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9) + SMALLEST_MS);
    }),
  );
});
