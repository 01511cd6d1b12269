import type { estypes } from '@elastic/elasticsearch';
import { type Term, termsOf } from '../postgres/text-query.ts';
import { toToken } from './document.ts';

/**
 * Returns the query of a text (see `LogStore.search`), or null if the text is blank and everything matches. It is built
 * from the same terms as the query for Postgres: the server's own query language would read some texts differently.
 */
export function toTextQuery(text: string): estypes.QueryDslQueryContainer | null {
  if (text.trim() === '') return null;
  const groups: estypes.QueryDslQueryContainer[][] = [];
  for (const term of termsOf(text)) {
    const group = term.isAlternative ? groups.at(-1) : undefined;
    if (group === undefined) groups.push([toClause(term)]);
    else group.push(toClause(term));
  }
  if (groups.length === 0) return { match_none: {} };
  return { bool: { filter: groups.map((should) => ({ bool: { should, minimum_should_match: 1 } })) } };
}

function toClause({ words, isExcluded }: Term): estypes.QueryDslQueryContainer {
  const [first = '', ...others] = words.map(toToken);
  const clause: estypes.QueryDslQueryContainer =
    others.length === 0 ? { term: { words: first } } : { match_phrase: { words: [first, ...others].join(' ') } };
  return isExcluded ? { bool: { must_not: [clause] } } : clause;
}
