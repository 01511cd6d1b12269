import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InvalidationMode, SelectorToken } from '../selector.ts';
import { HitIndex } from './hit-index.ts';

const token = fc.integer({ min: 0, max: 12 }).map((n) => `p:${n}` as SelectorToken);
const mode = fc.constantFrom<InvalidationMode>('invalidate', 'expire');
const history = fc.array(fc.record({ mode, selectors: fc.array(token, { minLength: 1, maxLength: 4 }) }), {
  maxLength: 60,
});

type History = readonly { mode: InvalidationMode; selectors: readonly SelectorToken[] }[];

/** Reads the whole history again for each question. */
function bruteForce(records: History, mode: InvalidationMode, asked: readonly SelectorToken[]): number {
  return records.reduce(
    (last, record, i) =>
      record.mode === mode && record.selectors.some((selector) => asked.includes(selector)) ? i + 1 : last,
    0,
  );
}

function indexOf(records: History, limit?: number): HitIndex {
  const index = new HitIndex(limit);
  records.forEach((record, i) => {
    index.record({ ...record, position: i + 1 });
  });
  return index;
}

test('it knows the last hit of any selectors, as reading the whole history would', () => {
  fc.assert(
    fc.property(history, mode, fc.array(token), (records, asked, selectors) => {
      expect(indexOf(records).lastHit(asked, selectors)).toBe(bruteForce(records, asked, selectors));
    }),
  );
});

test('bounded, it may only err towards a later hit, which is a miss, and never beyond the last position', () => {
  fc.assert(
    fc.property(history, mode, fc.array(token), fc.integer({ min: 1, max: 6 }), (records, asked, selectors, limit) => {
      const found = indexOf(records, limit).lastHit(asked, selectors);
      expect(found).toBeGreaterThanOrEqual(bruteForce(records, asked, selectors));
      expect(found).toBeLessThanOrEqual(records.length);
    }),
  );
});

test('taking a snapshot gives the same answers as having followed the log', () => {
  fc.assert(
    fc.property(history, mode, fc.array(token), (records, asked, selectors) => {
      const last = new Map<string, { mode: InvalidationMode; selector: SelectorToken; position: number }>();
      records.forEach(({ mode, selectors }, i) => {
        for (const selector of selectors) last.set(`${mode} ${selector}`, { mode, selector, position: i + 1 });
      });
      const index = indexOf([{ mode: 'invalidate', selectors: ['p:0' as SelectorToken] }]);
      index.replace({ floor: 0, lastHits: [...last.values()] });
      expect(index.lastHit(asked, selectors)).toBe(bruteForce(records, asked, selectors));
    }),
  );
});

test('below the floor everything counts as hit, until all is forgotten with its epoch', () => {
  const index = new HitIndex();
  index.replace({ floor: 7, lastHits: [] });
  expect(index.lastHit('invalidate', ['p:never' as SelectorToken])).toBe(7);
  index.clear();
  expect(index.lastHit('invalidate', ['p:never' as SelectorToken])).toBe(0);
});
