/** Every term costs time for each examined record; a whole log line in quotes is one term. */
export const MAX_SEARCH_TERMS = 64;

/**
 * The maximum number of words in all terms. A phrase is compared word by word with each record that has the words; one of 500
 * words takes minutes.
 */
export const MAX_SEARCH_WORDS = 128;

/** A part of a text query: `word`, `-word`, `"a phrase"`, `-"a phrase"` or `OR`. */
export interface SearchToken {
  /** Without its quotes and, before a quote, its `-`. */
  readonly text: string;
  readonly isExcluded: boolean;
  readonly isOr: boolean;
}

const TOKEN = /(-?)"([^"]*)"|[^\s"]+/g;

/** Splits a text query into tokens. Never fails: text without valid syntax counts as words. */
export function searchTokensOf(query: string): SearchToken[] {
  return [...query.matchAll(TOKEN)].map(([token, , quoted]) => ({
    text: quoted ?? token,
    isExcluded: token.startsWith('-'),
    isOr: token === 'OR',
  }));
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Counts the different terms of a text query and the words in them. A repeated term counts once, because it is searched once. */
export function countSearchTerms(query: string): { terms: number; words: number } {
  const tokens = searchTokensOf(query).filter(({ isOr }) => !isOr);
  const terms = new Map(tokens.map(({ text, isExcluded }) => [`${isExcluded} ${text.toLowerCase()}`, text]));
  const words = [...terms.values()].reduce((sum, text) => sum + (text.match(WORD)?.length ?? 0), 0);
  return { terms: terms.size, words };
}
