import { expect, test } from 'vitest';
import { type Duration, LONGEST_DURATION_MS, toMs } from './duration.ts';
import { resolvePolicy } from './policy.ts';

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

test.each([
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  LONGEST_DURATION_MS + 1,
  '',
  '60',
  's',
  '-1s',
  '1 s',
  '1e3ms',
  '1w',
])('%j is refused, naming the option', (duration) => {
  expect(() => toMs('freshFor', duration as Duration)).toThrow('freshFor: expected 0 to');
});

test('a policy left out is five minutes fresh, and stale as long as it was fresh, at most five minutes', () => {
  const base = { jitter: 0.1, loadTimeoutMs: 30_000 };
  expect(resolvePolicy()).toEqual({ ...base, freshForMs: 300_000, staleForMs: 300_000 });
  expect(resolvePolicy({ freshFor: '60s' })).toEqual({ ...base, freshForMs: 60_000, staleForMs: 60_000 });
  expect(resolvePolicy({ freshFor: '1h' })).toEqual({ ...base, freshForMs: 3_600_000, staleForMs: 300_000 });
  expect(resolvePolicy({ staleFor: 0 })).toMatchObject({ staleForMs: 0 });
});

test.each([-0.1, 0.51, Number.NaN])('a jitter of %d is refused', (jitter) => {
  expect(() => resolvePolicy({ jitter })).toThrow('jitter: expected a share from 0 to 0.5');
});
