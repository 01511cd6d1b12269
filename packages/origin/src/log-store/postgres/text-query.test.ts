import { expect, test } from 'vitest';
import { toTsquery } from './text-query.ts';

test.for([
  ['-a '.repeat(333), "!('a')"],
  ['a A "a" a', "'a'"],
  ['a -a a', "'a' & !('a')"],
  ['a OR b OR a', "('a' | 'b')"],
  ['a OR b c a OR b', "('a' | 'b') & 'c'"],
  ['"a b" "a b" a.b', "('a' <-> 'b')"],
  ['a OR a', "'a'"],
] as const)('given repeated terms, each is searched once: %s', ([text, tsquery]) => {
  expect(toTsquery(text)).toBe(tsquery);
});
