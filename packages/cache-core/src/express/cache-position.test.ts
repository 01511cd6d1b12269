import { parseList } from 'structured-headers';
import { expect, test } from 'vitest';
import { cachePosition, InvalidCachePosition, minPositionOf } from './cache-position.ts';

const EPOCH = 9_007_199_254_740_991;

test('the position of a receipt is an Integer with its epoch as a String', () => {
  const header = cachePosition({ position: 42, epoch: EPOCH });
  expect(header).toBe(`42;epoch="${EPOCH}"`);
  expect(parseList(header)).toEqual([[42, new Map([['epoch', String(EPOCH)]])]]);
  expect(minPositionOf(header)).toEqual({ position: 42, epoch: EPOCH });
});

test('the position of a pending write is a Token', () => {
  const header = cachePosition({ position: null });
  expect(parseList(header).map(([value]) => String(value))).toEqual(['pending']);
  expect(minPositionOf(header)).toEqual({ position: null });
});

test.each([
  ['3;epoch="7", 5;epoch="7"', { position: 5, epoch: 7 }],
  ['5;epoch="7" , 3; epoch="7"', { position: 5, epoch: 7 }],
  ['3;epoch="7", 5;epoch="8"', { position: null }],
  ['3;epoch="7", pending', { position: null }],
  ['42', { position: 42 }],
  ['42, 7', { position: 42 }],
  ['42;epoch="7", 42', { position: null }],
])('the values %s mean %j', (header, min) => {
  expect(minPositionOf(header)).toEqual(min);
});

test.each([
  '',
  '≥42',
  '42;epoch=7',
  '-1;epoch="7"',
  '1.5;epoch="7"',
  '42;epoch="7";x',
  'soon',
  '42;epoch="7",',
  '42;epoch="99999999999999999"',
  Array.from({ length: 100 }, () => 'pending').join(','),
])('the value %j is refused, not ignored', (header) => {
  expect(() => minPositionOf(header)).toThrow(InvalidCachePosition);
});
