/** Every term costs time at each record that is looked at; a whole log line in quotes is one term. */
export const MAX_SEARCH_TERMS = 64;

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

/** Counts the terms of a text query; one that is repeated counts once, because it is looked for once. */
export function countSearchTerms(query: string): number {
  const terms = searchTokensOf(query).filter(({ isOr }) => !isOr);
  return new Set(terms.map(({ text, isExcluded }) => `${isExcluded} ${text.toLowerCase()}`)).size;
}
