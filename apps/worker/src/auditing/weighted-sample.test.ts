import { expect, test } from 'vitest';
import { weightedSample } from './weighted-sample.ts';

/** Returns numbers that are spread evenly from 0 to below 1, by the golden ratio. */
function evenly(): () => number {
  let at = 0;
  return () => {
    at = (at + 0.618_033_988_749_895) % 1;
    return at;
  };
}

test('each key is drawn at most once, and more often the more it is read', () => {
  const random = evenly();
  const items = [
    { key: 'hot', reads: 90 },
    { key: 'warm', reads: 9 },
    { key: 'cold', reads: 1 },
  ];
  const first = Array.from({ length: 3_000 }, () => weightedSample(items, 1, random)[0]?.key);
  const times = (key: string) => first.filter((one) => one === key).length;
  expect(times('hot')).toBeGreaterThan(times('warm') * 3);
  expect(times('warm')).toBeGreaterThan(times('cold') * 3);
  expect(times('cold')).toBeGreaterThan(0);
  expect(new Set(weightedSample(items, 10, random))).toEqual(new Set(items));
});
