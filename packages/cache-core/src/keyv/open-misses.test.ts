import { expect, test } from 'vitest';
import type { LoadStart } from '../engine/manual-operations.ts';
import { parseKey } from '../model/key.ts';
import { OpenMisses } from './open-misses.ts';

const KEY = parseKey('keyv:#:k');
const missAt = (monotonic: number): LoadStart => ({ monotonic, wall: 0, stamp: { epoch: 1, asOf: monotonic } });

test('a set closes against the oldest open miss, until sets equal misses', () => {
  const misses = new OpenMisses(100);
  for (const at of [1, 2, 3]) misses.note(KEY, missAt(at));
  expect([4, 5, 6, 7].map((at) => misses.close(KEY, at)?.monotonic)).toEqual([1, 1, 1, undefined]);
});

test('a miss is open for its time and no longer', () => {
  const misses = new OpenMisses(100);
  for (const at of [0, 50]) misses.note(KEY, missAt(at));
  expect(misses.close(KEY, 100)?.monotonic).toBe(50);
  expect(misses.close(KEY, 149)).toBeNull();
});

test('beyond the bound, the key that was missed first is forgotten', () => {
  const misses = new OpenMisses(100);
  const keys = Array.from({ length: 10_001 }, (_, i) => parseKey(`k${i}`));
  for (const key of keys) misses.note(key, missAt(0));
  const [first = KEY, second = KEY] = keys;
  expect([misses.close(first, 1), misses.close(second, 1)]).toEqual([null, missAt(0)]);
});

test('beyond the misses counted per key, sets use the first until its time ends', () => {
  const misses = new OpenMisses(100);
  for (let i = 0; i < 5_000; i++) misses.note(KEY, missAt(1));
  for (let i = 0; i < 5_000; i++) expect(misses.close(KEY, 2)).toEqual(missAt(1));
  expect(misses.close(KEY, 101)).toBeNull();
});
