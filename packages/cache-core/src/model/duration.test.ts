import { expect, test } from 'vitest';
import { type Duration, MAX_DURATION_MS, toMs } from './duration.ts';
import { type Policy, resolvePolicy } from './policy.ts';

test.each<[Duration, number]>([
  [0, 0],
  [1_500, 1_500],
  [0.4, 0],
  ['250ms', 250],
  ['60s', 60_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
])('%j is %d ms', (duration, ms) => {
  expect(toMs('freshFor', duration)).toBe(ms);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, MAX_DURATION_MS + 1, '', '60', 's', '-1s', '1 s', '1e3ms', '1w'])(
  '%j is rejected with the name of the option',
  (duration) => {
    expect(() => toMs('freshFor', duration as Duration)).toThrow('freshFor: expected 0 to');
  },
);

test('without a policy answers are fresh for five minutes; the default stale time equals the fresh time, at most five minutes', () => {
  const times = (policy?: Policy) => {
    const { freshForMs, revalidateForMs, staleForMs } = resolvePolicy(policy);
    return [freshForMs, revalidateForMs, staleForMs];
  };
  expect(times()).toEqual([300_000, 300_000, 300_000]);
  expect(times({ freshFor: '60s' })).toEqual([60_000, 60_000, 60_000]);
  expect(times({ freshFor: '1h' })).toEqual([3_600_000, 300_000, 300_000]);
  expect(times({ staleFor: 0 })).toEqual([300_000, 0, 0]);
  expect(times({ staleFor: { whileRevalidate: '10s', ifError: '5s' } })).toEqual([300_000, 10_000, 10_000]);
  expect(resolvePolicy()).toMatchObject({ jitter: 0.1, earlyRefresh: 1, softTimeoutMs: null, hardTimeoutMs: 30_000 });
});

test.each([-0.1, 0.51, Number.NaN])('a jitter of %d is rejected', (jitter) => {
  expect(() => resolvePolicy({ jitter })).toThrow('jitter: expected a number from 0 to 0.5');
});
