import { searchTokensOf } from '@pilotlight/contracts';
import { wordsOf } from './words.ts';

/** Matches nothing: an empty tsquery. */
const NOTHING = '';

interface Term {
  /** Words that must follow each other. */
  words: string[];
  isExcluded: boolean;
  /** Whether `OR` stands before it. */
  isAlternative: boolean;
}

/**
 * The tsquery of a text query (see `LogStore.search`), or null when the text is blank and everything matches. No text is
 * an error: what cannot be understood is taken as words. A repeated term is in it once: Postgres would evaluate each.
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

function termsOf(text: string): Term[] {
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

/** Words are letters and digits only, so quoting them is enough. */
function toPhrase({ words, isExcluded }: Term): string {
  const phrase = words.map((word) => `'${word}'`).join(' <-> ');
  return isExcluded ? `!(${phrase})` : words.length === 1 ? phrase : `(${phrase})`;
}
