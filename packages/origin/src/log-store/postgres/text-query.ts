import { searchTokensOf } from '@pilotlight/contracts';
import { wordsOf } from './words.ts';

/** The empty tsquery, which matches nothing. */
const NOTHING = '';

/** A term of a text query (see `LogStore.search`). */
export interface Term {
  /** Words that must follow each other. */
  words: string[];
  isExcluded: boolean;
  /** Whether `OR` precedes the term. */
  isAlternative: boolean;
}

/**
 * Returns the tsquery of a text query (see `LogStore.search`), or null if the text is blank and everything matches. No
 * text is an error: unrecognised syntax is read as words. A repeated term occurs once, because Postgres would evaluate
 * each copy.
 */
export function toTsquery(text: string): string | null {
  if (text.trim() === '') return null;
  const groups: Set<string>[] = [];
  for (const term of termsOf(text)) {
    const group = term.isAlternative ? groups.at(-1) : undefined;
    if (group === undefined) groups.push(new Set([toPhrase(term)]));
    else group.add(toPhrase(term));
  }
  if (groups.length === 0) return NOTHING;
  const distinct = new Set(groups.map((group) => [...group].join(' | ')));
  return [...distinct].map((group) => (group.includes(' | ') ? `(${group})` : group)).join(' & ');
}

/** Returns the terms of a text query in order. Text without a word has none. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let isAlternative = false;
  for (const { text: term, isExcluded, isOr } of searchTokensOf(text)) {
    if (isOr) {
      isAlternative = terms.length > 0;
      continue;
    }
    const words = wordsOf(term);
    if (words.length === 0) continue;
    terms.push({ words, isExcluded, isAlternative });
    isAlternative = false;
  }
  return terms;
}

/** Words consist of letters and digits only, so quoting them is enough. */
function toPhrase({ words, isExcluded }: Term): string {
  const phrase = words.map((word) => `'${word}'`).join(' <-> ');
  return isExcluded ? `!(${phrase})` : words.length === 1 ? phrase : `(${phrase})`;
}
