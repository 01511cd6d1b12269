import { expect, test } from 'vitest';
import { searchBodySchema } from './search.ts';
import { parseSearch } from './search-syntax.ts';
import { countSearchTerms, MAX_SEARCH_TERMS, MAX_SEARCH_WORDS } from './search-terms.ts';

const different = (terms: number) => Array.from({ length: terms }, (_, i) => `-t${i}`).join(' ');

test.for([
  ['', 0, 0],
  ['a OR b', 2, 2],
  ['-a '.repeat(333), 1, 1],
  ['a A -a "a b" -"a b"', 4, 6],
  ['a-a-a "a.a"', 2, 5],
  [different(70), 70, 70],
  ['level:error path:/a/b host:80', 3, 5],
] as const)('given %j, %i terms of %i words are counted', ([q, terms, words]) =>
  expect(countSearchTerms(parseSearch(q))).toEqual({ terms, words }),
);

test('given more terms than the limit, the search is refused and the limit named', () => {
  expect(searchBodySchema.safeParse({ q: different(MAX_SEARCH_TERMS) }).success).toBe(true);
  const refused = searchBodySchema.safeParse({ q: different(MAX_SEARCH_TERMS + 1) });
  expect(refused.error?.issues.map(({ message }) => message)).toEqual([
    'expected at most 64 different terms, got 65; words in quotes are one term',
  ]);
});

test.for([
  ['in quotes', (words: number) => `"${'a '.repeat(words)}"`],
  ['joined by other characters', (words: number) => Array(words).fill('a').join('.')],
] as const)(
  'given a phrase of more words than the limit, %s, the search is refused and the limit named',
  ([, phrase]) => {
    expect(searchBodySchema.safeParse({ q: phrase(MAX_SEARCH_WORDS) }).success).toBe(true);
    const refused = searchBodySchema.safeParse({ q: phrase(MAX_SEARCH_WORDS + 1) });
    expect(refused.error?.issues.map(({ message }) => message)).toEqual([
      'expected at most 128 words in all terms, got 129; shorten the longest phrase',
    ]);
  },
);
