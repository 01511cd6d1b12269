import type { estypes } from '@elastic/elasticsearch';
import { type ColumnNode, parseSearch, type SearchNode, type TextNode, wordsOfColumn } from '@pilotlight/contracts';
import { toColumnToken, toToken } from './document.ts';

type Clause = estypes.QueryDslQueryContainer;

/**
 * Returns the query of a text (see `LogStore.search`), or null if the text is blank and everything matches. It is built from the
 * same tree as the condition for Postgres: the server's own query language would read some texts differently.
 *
 * @throws SearchSyntaxError
 */
export function toTextQuery(text: string): Clause | null {
  const tree = parseSearch(text);
  return tree === null ? null : clauseOf(tree);
}

function clauseOf(node: SearchNode): Clause {
  switch (node.kind) {
    case 'and':
      return { bool: { filter: node.nodes.map(clauseOf) } };
    case 'or':
      return { bool: { should: node.nodes.map(clauseOf), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: [clauseOf(node.node)] } };
    case 'level':
      return { term: { level: node.level } };
    case 'column':
      return columnClause(node);
    case 'text':
      return textClause(node);
    default:
      return node satisfies never;
  }
}

function columnClause(node: ColumnNode): Clause {
  const token = toColumnToken({ name: node.name, text: node.value });
  const clause: Clause = node.isPrefix ? { prefix: { columns: token } } : { term: { columns: token } };
  // The stores find a column by its words, and a record may have more words than they index.
  const words = wordsOfColumn(node);
  return words === null ? clause : { bool: { filter: [textClause(words), clause] } };
}

function textClause({ words, isPrefix }: TextNode): Clause {
  const tokens = words.map(toToken);
  const last = tokens.at(-1) ?? '';
  if (tokens.length === 1) return isPrefix ? { prefix: { words: last } } : { term: { words: last } };
  if (!isPrefix) return { match_phrase: { words: tokens.join(' ') } };
  const before = { match: { query: tokens.slice(0, -1).join(' '), ordered: true, max_gaps: 0 } };
  // `match_phrase_prefix` would try the first 50 words with this prefix only.
  return {
    intervals: { words: { all_of: { ordered: true, max_gaps: 0, intervals: [before, { prefix: { prefix: last } }] } } },
  };
}
