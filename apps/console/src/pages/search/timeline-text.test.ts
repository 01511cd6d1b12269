import { expect, test } from 'vitest';
import { bucketText, intervalText, rangeText } from './timeline-text.ts';

const from = new Date(2026, 2, 1, 10).toISOString();
const middle = new Date(2026, 2, 1, 11).toISOString();
const to = new Date(2026, 2, 2, 12).toISOString();

test('a span within a day has its date once', () => {
  expect(rangeText(from, middle)).toBe('2026-03-01 10:00:00 – 11:00:00');
  expect(rangeText(from, to)).toBe('2026-03-01 10:00:00 – 2026-03-02 12:00:00');
});

test('adjacent buckets are summed by the levels that are shown', () => {
  const buckets = [
    { from, to: middle, count: 3, errors: 1, levels: { INFO: 2, ERROR: 1 } },
    { from: middle, to, count: 1_000, errors: 0, levels: { INFO: 1_000 } },
  ];
  expect(bucketText(buckets, [])).toBe(
    '2026-03-01 10:00:00 – 2026-03-02 12:00:00 · 1,003 lines · ERROR 1 · INFO 1,002',
  );
  expect(bucketText(buckets.slice(0, 1), ['ERROR'])).toBe('2026-03-01 10:00:00 – 11:00:00 · 1 line · ERROR 1');
});

test.for([
  ['30m', '30 min'],
  ['1M', '1 month'],
  ['10y', '10 years'],
  ['1d', '1 d'],
] as const)('the interval %s is %s', ([interval, text]) => {
  expect(intervalText(interval)).toBe(text);
});
