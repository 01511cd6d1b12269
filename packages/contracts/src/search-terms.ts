/** Every term costs time at each record that is looked at; a whole log line in quotes is one term. */
export const MAX_SEARCH_TERMS = 64;

/** In all terms: each word of a phrase is compared at each record that has the words, so a phrase of 500 takes minutes. */
export const MAX_SEARCH_WORDS = 128;

/** A part of a text query: `word`, `-word`, `"a phrase"`, `-"a phrase"` or `OR`. */
export interface SearchToken {
  /** Without its quotes and, before a quote, its `-`. */
  readonly text: string;
  readonly isExcluded: boolean;
  readonly isOr: boolean;
}

const TOKEN = /(-?)"([^"]*)"|[^\s"]+/g;

/** Splits a text query. No text is an error: what cannot be understood is taken as words. */
export function searchTokensOf(query: string): SearchToken[] {
  return [...query.matchAll(TOKEN)].map(([token, , quoted]) => ({
    text: quoted ?? token,
    isExcluded: token.startsWith('-'),
    isOr: token === 'OR',
  }));
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Counts the terms of a text query and the words in them; a term that is repeated counts once, because it is looked for once. */
export function countSearchTerms(query: string): { terms: number; words: number } {
  const tokens = searchTokensOf(query).filter(({ isOr }) => !isOr);
  const terms = new Map(tokens.map(({ text, isExcluded }) => [`${isExcluded} ${text.toLowerCase()}`, text]));
  const words = [...terms.values()].reduce((sum, text) => sum + (text.match(WORD)?.length ?? 0), 0);
  return { terms: terms.size, words };
}
