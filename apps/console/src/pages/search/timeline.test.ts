import { expect, test } from 'vitest';
import type { Bucket } from './search-types.ts';
import { choiceBetween, countOf, movedBy, segmentsOf, spanOf, topOf, widened } from './timeline.ts';

const bucket = (hour: number, levels: Bucket['levels'] = {}): Bucket => ({
  from: `2026-03-01T0${hour}:00:00.000Z`,
  to: `2026-03-01T0${hour + 1}:00:00.000Z`,
  count: 0,
  errors: 0,
  levels,
});
const HOURS = [bucket(0), bucket(1), bucket(2), bucket(3)];

test('the gravest level is at the foot of a bar, and hidden levels are not part of it', () => {
  const levels = { INFO: 5, ERROR: 2, WARN: 1 };
  expect(segmentsOf({ levels }, [])).toEqual([
    { level: 'ERROR', from: 0, count: 2 },
    { level: 'WARN', from: 2, count: 1 },
    { level: 'INFO', from: 3, count: 5 },
  ]);
  expect(segmentsOf({ levels }, ['INFO'])).toEqual([{ level: 'INFO', from: 0, count: 5 }]);
  expect(countOf({ levels }, ['INFO', 'WARN'])).toBe(6);
});

test.for([
  [0, 2],
  [1, 2],
  [3, 4],
  [7, 8],
  [10, 10],
  [11, 20],
  [135, 200],
  [14_074, 20_000],
] as const)('a scale for %i ends at %i', ([max, top]) => {
  expect(topOf(max)).toBe(top);
});

test('a drag in any direction chooses the buckets it touches', () => {
  expect(choiceBetween(0.3, 0.6, 4)).toEqual({ start: 1, end: 3 });
  expect(choiceBetween(0.6, 0.3, 4)).toEqual({ start: 1, end: 3 });
  expect(choiceBetween(0.3, 0.3, 4)).toEqual({ start: 1, end: 2 });
  expect(choiceBetween(0, 1, 4)).toEqual({ start: 0, end: 4 });
  expect(choiceBetween(1, 1, 4)).toEqual({ start: 3, end: 4 });
});

test('keys move a handle within the timeline, and never past the other one', () => {
  const choice = { start: 1, end: 3 };
  expect(movedBy('ArrowRight', 'start', choice, 4)).toEqual({ start: 2, end: 3 });
  expect(movedBy('End', 'start', choice, 4)).toEqual({ start: 2, end: 3 });
  expect(movedBy('Home', 'start', choice, 4)).toEqual({ start: 0, end: 3 });
  expect(movedBy('ArrowLeft', 'end', choice, 4)).toEqual({ start: 1, end: 2 });
  expect(movedBy('PageUp', 'end', choice, 40)).toEqual({ start: 1, end: 7 });
  expect(movedBy('constructor', 'end', choice, 4)).toBeNull();
});

test('a chosen span is that of its buckets within the span that is shown', () => {
  expect(spanOf(HOURS, { start: 1, end: 3 }, { from: '', to: '' })).toEqual({
    from: '2026-03-01T01:00:00.000Z',
    to: '2026-03-01T03:00:00.000Z',
  });
  const shown = { from: '2026-03-01T00:30:00Z', to: '2026-03-01T03:15:00Z' };
  expect(spanOf(HOURS, { start: 0, end: 4 }, shown)).toEqual(shown);
  expect(spanOf([], { start: 0, end: 1 }, shown)).toBeNull();
});

test('a widened span has the same middle and three times the length', () => {
  expect(widened({ from: '2026-03-01T01:00:00Z', to: '2026-03-01T02:00:00Z' })).toEqual({
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-03-01T03:00:00.000Z',
  });
});
