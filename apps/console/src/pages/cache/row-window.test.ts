import { expect, test } from 'vitest';
import { rowWindow } from './row-window.ts';

const list = { rows: 10_000, rowHeight: 50, viewHeight: 500 };

test('at the start, the rows of the view and a margin are drawn', () => {
  expect(rowWindow({ ...list, scrollTop: 0 })).toEqual({ first: 0, end: 18, before: 0, after: 9_982 * 50 });
});

test('at every position, the drawn rows cover the view, are bounded, and the total height is constant', () => {
  for (let scrollTop = 0; scrollTop <= 500_000; scrollTop += 337) {
    const { first, end, before, after } = rowWindow({ ...list, scrollTop });
    const top = Math.min(scrollTop, 10_000 * 50 - 500);
    expect(before <= top && end * 50 >= top + 500).toBe(true);
    expect(end - first).toBeLessThanOrEqual(28);
    expect(before + (end - first) * 50 + after).toBe(500_000);
  }
});

test('a list that became shorter than its scroll position shows its end', () => {
  expect(rowWindow({ rows: 12, rowHeight: 50, viewHeight: 500, scrollTop: 90_000 })).toMatchObject({
    end: 12,
    after: 0,
  });
});

test('an empty list, and one whose row height is unknown, draw at most one row', () => {
  expect(rowWindow({ ...list, rows: 0, scrollTop: 9 })).toEqual({ first: 0, end: 0, before: 0, after: 0 });
  expect(rowWindow({ ...list, rowHeight: 0, scrollTop: 0 })).toEqual({ first: 0, end: 1, before: 0, after: 0 });
});
