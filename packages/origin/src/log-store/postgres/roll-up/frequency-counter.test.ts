import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrequencyCounter } from './frequency-counter.ts';

test('no count is too small, and no missing text has more, than the error says', () => {
  const skewed = fc.array(
    fc.nat({ max: 60 }).map((n) => `10.0.0.${Math.floor((n * n) / 60)}`),
    { maxLength: 500 },
  );
  fc.assert(
    fc.property(skewed, fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 10 }), (sources, max, stored) => {
      const counter = new FrequencyCounter(max);
      const exact = new Map<string, number>();
      for (const source of sources) {
        counter.add(source);
        exact.set(source, (exact.get(source) ?? 0) + 1);
      }
      const top = counter.top(stored);
      const counted = new Map(top.texts.map(({ text, lines }) => [text, lines]));
      expect(counted.size).toBeLessThanOrEqual(stored);
      for (const [source, lines] of exact) {
        expect(counted.get(source) ?? 0).toBeLessThanOrEqual(lines);
        expect(lines - (counted.get(source) ?? 0)).toBeLessThanOrEqual(top.error);
      }
      if (exact.size <= Math.min(max, stored)) expect(top.error).toBe(0);
    }),
  );
});

test('texts with equal counts are in the order of their bytes, as in the database', () => {
  const counter = new FrequencyCounter();
  for (const source of ['\u{1f600}', '\uffff', 'b', 'a']) counter.add(source);
  expect(counter.top(4).texts.map(({ text }) => text)).toEqual(['a', 'b', '\uffff', '\u{1f600}']);
});
