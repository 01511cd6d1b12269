import { expect, test } from 'vitest';
import { processOf, rippleShares } from './confirmations.ts';

const ID = '6f1c2a3b-0000-4000-8000-000000000000';

test('an id of a process is its kind, host and process id', () => {
  expect(processOf(`api:web-1:4711:${ID}`)).toEqual({ kind: 'api', where: 'web-1 · 4711' });
  expect(processOf(`worker:a:b:9:${ID}`)).toEqual({ kind: 'worker', where: 'a:b · 9' });
  expect(processOf(ID)).toEqual({ kind: ID, where: null });
});

test('confirmations are placed by their time, the last at the end', () => {
  const at = (...times: number[]) => times.map((after_ms) => ({ process: 'a', how: 'applied' as const, after_ms }));
  expect(rippleShares(at(0, 5, 10))).toEqual([0.02, 0.5, 1]);
  expect(rippleShares(at(0, 0))).toEqual([1, 1]);
  expect(rippleShares([])).toEqual([]);
});
