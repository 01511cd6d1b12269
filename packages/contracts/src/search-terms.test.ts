import { expect, test } from 'vitest';
import { searchBodySchema } from './search.ts';
import { countSearchTerms, MAX_SEARCH_TERMS } from './search-terms.ts';

const different = (terms: number) => Array.from({ length: terms }, (_, i) => `-t${i}`).join(' ');

test.for([
  ['', 0],
  ['a OR b', 2],
  ['-a '.repeat(333), 1],
  ['a A -a "a b" -"a b"', 4],
  [different(70), 70],
] as const)('given %j, %i terms are counted', ([q, count]) => expect(countSearchTerms(q)).toBe(count));

test('given more terms than the limit, the search is refused and the limit named', () => {
  expect(searchBodySchema.safeParse({ q: different(MAX_SEARCH_TERMS) }).success).toBe(true);
  const refused = searchBodySchema.safeParse({ q: different(MAX_SEARCH_TERMS + 1) });
  expect(refused.error?.issues.map(({ message }) => message)).toEqual([
    'expected at most 64 different terms, got 65; words in quotes are one term',
  ]);
});
