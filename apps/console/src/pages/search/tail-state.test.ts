import { expect, test } from 'vitest';
import {
  arrivedText,
  EMPTY_TAIL,
  MAX_LINES,
  paused,
  received,
  type Skipped,
  skippedText,
  type TailItem,
} from './tail-state.ts';

const item = (n: number): TailItem => ({
  kind: 'line',
  key: `${n}`,
  line: {
    id: `${n}`,
    file_id: 'f',
    line: n,
    line_end: n,
    timestamp: null,
    level: 'INFO',
    service: null,
    message: `line ${n}`,
    fields: {},
    highlight: [],
  },
});
const keys = (items: readonly TailItem[]) => items.map(({ key }) => key);

test('lines are shown newest first, in a bounded number', () => {
  const many = Array.from({ length: MAX_LINES + 5 }, (_, n) => item(n));
  const tail = received(received(EMPTY_TAIL, [item(-2), item(-1)]), many);
  expect(tail.shown).toHaveLength(MAX_LINES);
  expect(keys(tail.shown).slice(0, 2)).toEqual([`${MAX_LINES + 4}`, `${MAX_LINES + 3}`]);
  expect(tail.lines).toBe(MAX_LINES + 7);
});

test('a paused tail holds new lines until it continues', () => {
  const tail = received(paused(received(EMPTY_TAIL, [item(1)]), true), [item(2), item(3)]);
  expect([keys(tail.shown), keys(tail.held)]).toEqual([['1'], ['3', '2']]);
  const continued = paused(tail, false);
  expect([keys(continued.shown), keys(continued.held)]).toEqual([['3', '2', '1'], []]);
});

test('the number of new lines names those of the pause, and the limit', () => {
  const some = received(EMPTY_TAIL, [item(1), item(2)]);
  expect([arrivedText(EMPTY_TAIL), arrivedText(some)]).toEqual(['', '2 new']);
  expect(arrivedText(paused(EMPTY_TAIL, true))).toBe('0 since the pause');
  expect(arrivedText(received(paused(some, true), [item(3)]))).toBe('3 new, 1 since the pause');
  const many = Array.from({ length: 1_200 }, (_, n) => item(n));
  expect(arrivedText(received(EMPTY_TAIL, many))).toBe('1,200 new, the last 300 are kept');
});

test.for([
  [{ reason: 'lines_of_file', file_id: 'f', lines: 1769, lines_relation: 'eq' }, '1769 lines were left out'],
  [{ reason: 'rate', file_id: null, lines: 1, lines_relation: 'eq' }, '1 line was left out'],
  [{ reason: 'rate', file_id: null, lines: 40, lines_relation: 'gte' }, 'At least 40 lines were left out'],
  [{ reason: 'behind', file_id: null, lines: null, lines_relation: 'gte' }, 'Lines were left out'],
] as const satisfies readonly (readonly [Skipped, string])[])('%j: %s', ([skipped, text]) => {
  expect(skippedText(skipped).startsWith(`${text}: `)).toBe(true);
});
