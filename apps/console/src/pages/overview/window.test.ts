import { expect, test } from 'vitest';
import { countsOf, sumsOf } from './window.ts';

const none = { hits: 0, stale: 0, misses: 0, bypasses: 0, load_ms_saved: 0, bytes_served: 0 };
const counts = (more: object) => ({ ...none, latency_ms: { hit: null, miss: null }, ...more });

test('a share counts stale answers as cached, and bypasses not at all', () => {
  const sums = sumsOf([counts({ hits: 2, load_ms_saved: 100 }), counts({ stale: 1, misses: 1, bypasses: 5 })]);
  expect(sums).toEqual({ cached: 3, reads: 4, percent: 75, savedMs: 100, bytes: 0 });
});

test('without reads there is no share', () => {
  expect(sumsOf([])).toMatchObject({ reads: 0, percent: null });
});

test('an endpoint without reads has no counts', () => {
  expect(countsOf(undefined, '1m')).toBeUndefined();
});
