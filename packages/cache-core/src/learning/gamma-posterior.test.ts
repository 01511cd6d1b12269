import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { afterObserving, type GammaPosterior, gammaQuantile80, meanRate } from './gamma-posterior.ts';

const beliefs = fc.record({
  shape: fc.double({ min: 0.5, max: 1e6, noNaN: true }),
  weightMs: fc.double({ min: 1e-3, max: 1e15, noNaN: true }),
});
const times = fc.double({ min: 0, max: 1e13, noNaN: true });

test('for any observation, the posterior gains at most one change', () => {
  fc.assert(
    fc.property(beliefs, times, fc.boolean(), (before, apartMs, changed) => {
      const after = afterObserving(before, apartMs, changed);
      expect(after.shape).toBeGreaterThanOrEqual(before.shape);
      expect(after.shape).toBeLessThanOrEqual(before.shape + 1);
      expect(after.weightMs).toBeGreaterThanOrEqual(before.weightMs);
      expect(after.weightMs).toBeLessThanOrEqual(before.weightMs + Math.max(1, apartMs));
      expect(gammaQuantile80(after)).toBeGreaterThan(meanRate(after));
    }),
    { numRuns: 2_000 },
  );
});

describe('a change within a time that is', () => {
  const before: GammaPosterior = { shape: 3, weightMs: 30_000 };

  test('short counts as one change', () => {
    const { shape, weightMs } = afterObserving(before, 1, true);
    expect(shape).toBeCloseTo(4, 3);
    expect(weightMs).toBeCloseTo(30_000, -1);
  });

  test('too long for no change adds no information', () => {
    const { shape, weightMs } = afterObserving(before, 1e9, true);
    expect(shape).toBeCloseTo(3, 6);
    expect(weightMs).toBeCloseTo(30_000, 3);
  });

  test('in between has the mean and variance of the exact posterior', () => {
    const apartMs = 12_000;
    const posterior = (rate: number) =>
      rate ** (before.shape - 1) * Math.exp(-before.weightMs * rate) * -Math.expm1(-rate * apartMs);
    let [mass, first, second] = [0, 0, 0];
    for (let i = 1; i < 200_000; i++) {
      const rate = i * 1e-8;
      mass += posterior(rate);
      first += rate * posterior(rate);
      second += rate ** 2 * posterior(rate);
    }
    const { shape, weightMs } = afterObserving(before, apartMs, true);
    expect(shape / weightMs / (first / mass)).toBeCloseTo(1, 4);
    expect(shape / weightMs ** 2 / (second / mass - (first / mass) ** 2)).toBeCloseTo(1, 4);
  });
});

test.for([
  { shape: 0.5, quantile: 0.8212 },
  { shape: 1, quantile: Math.log(5) },
  { shape: 2, quantile: 2.9943 },
  { shape: 5, quantile: 6.721 },
  { shape: 20, quantile: 23.6343 },
  { shape: 100, quantile: 108.3044 },
])('the upper rate of shape $shape is within 2 % of the 80 % quantile', ({ shape, quantile }) => {
  expect(Math.abs(gammaQuantile80({ shape, weightMs: 1 }) / quantile - 1)).toBeLessThan(0.02);
});

test('after 500 reloads the estimate is within a quarter of the true rate', () => {
  for (const rate of [1e-6, 1e-5, 1e-4, 1e-3]) {
    for (const expected of [rate / 5, rate, rate * 50]) {
      for (let seed = 1; seed <= 20; seed++) {
        const random = new SeededRandom(seed * 7_919);
        let posterior: GammaPosterior = { shape: 0.5, weightMs: 0.5 / expected };
        for (let i = 0; i < 500; i++) {
          const apartMs = (-Math.log(1 - random.next()) * 0.5) / rate;
          posterior = afterObserving(posterior, apartMs, random.next() < -Math.expm1(-rate * apartMs));
        }
        expect(Math.abs(meanRate(posterior) / rate - 1), `rate ${rate}, seed ${seed}`).toBeLessThan(0.25);
      }
    }
  }
});
