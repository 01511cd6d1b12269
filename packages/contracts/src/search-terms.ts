import type { SearchNode } from './search-tree.ts';
import { termsOf } from './search-tree.ts';
import { wordsOf } from './words.ts';

/** Every term costs time for each examined record; a whole log line in quotes is one term. */
export const MAX_SEARCH_TERMS = 64;

/**
 * The maximum number of words in all terms. A phrase is compared word by word with each record that has the words; one of 500
 * words takes minutes.
 */
export const MAX_SEARCH_WORDS = 128;

/** Counts the different terms of a text query and the words in them. A repeated term counts once, because it is searched once. */
export function countSearchTerms(tree: SearchNode | null): { terms: number; words: number } {
  const terms = tree === null ? [] : termsOf(tree);
  const words = terms.map((term) => (term.kind === 'text' ? term.words.length : wordsOf(term.value).length));
  return { terms: terms.length, words: words.reduce((sum, count) => sum + count, 0) };
}
