import { expect, test } from 'vitest';
import { growthRow } from './growth-row.ts';

const receiptWith16 = (ours: number[], mayGrow: number) =>
  growthRow({
    point: { curve: 'receipt', axis: 'processes', at: 16 },
    ...{ unit: 'ms', ours, least: [1, 1, 1], leastAt: 1, mayGrow },
  });

test('a cost that must be flat holds up to 20 % above the start of its curve', () => {
  expect(receiptWith16([1.19, 1.2, 1.18], 1)).toMatchObject({ holds: true, id: 'receipt with 16 processes' });
  expect(receiptWith16([1.3, 1.4, 1.25], 1).holds).toBe(false);
});

test('a cost that may grow fivefold holds up to 20 % above that', () => {
  expect(receiptWith16([5.9, 5.8, 5.9], 5).holds).toBe(true);
  expect(receiptWith16([6.5, 6.4, 6.6], 5).holds).toBe(false);
});

test('the start of a curve is compared with itself, so it has no goal', () => {
  const start = growthRow({
    point: { curve: 'receipt', axis: 'processes', at: 1 },
    ...{ unit: 'ms', ours: [1, 1], least: [1, 1], leastAt: 1, mayGrow: 1 },
  });
  expect(start).toMatchObject({ ratio: 1, goal: null });
});
