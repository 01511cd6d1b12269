import { type ColumnNode, parseSearch, type SearchNode, type TextNode, wordsOfColumn } from '@pilotlight/contracts';
import { LEVEL_CODES } from './level-codes.ts';
import type { Parameters } from './parameters.ts';
import { wordsOfVersion1 } from './words-of-version-1.ts';

/**
 * Returns the condition of a text query on `log_lines` (see `LogStore.search`), or null if the query is blank.
 *
 * @param earlierFiles Ids of files whose words have an earlier version. Their columns have no words.
 * @throws SearchSyntaxError
 */
export function textCondition(text: string, parameters: Parameters, earlierFiles: readonly string[]): string | null {
  const tree = parseSearch(text);
  if (tree === null) return null;
  const current = new Condition(parameters, CURRENT).of(tree);
  if (earlierFiles.length === 0) return current;
  const files = `${parameters.add(earlierFiles)}::uuid[]`;
  const earlier = new Condition(parameters, EARLIER).of(tree);
  return `((file_id <> ALL (${files}) AND ${current}) OR (file_id = ANY (${files}) AND ${earlier}))`;
}

/** What the words of records are. */
interface Words {
  of(node: TextNode): readonly string[];
  /** The words that a record with this value of a column has; null if they are not known. */
  ofColumn(node: ColumnNode): TextNode | null;
}

const CURRENT: Words = { of: (node) => node.words, ofColumn: wordsOfColumn };
const EARLIER: Words = {
  of: ({ text, words }) => {
    const earlier = wordsOfVersion1(text);
    return earlier.length === 0 ? words : earlier;
  },
  ofColumn: () => null,
};

/** Builds the condition of a tree. Text is joined to as few tsqueries as possible: each is one search of the index. */
class Condition {
  readonly #parameters: Parameters;
  readonly #words: Words;

  constructor(parameters: Parameters, words: Words) {
    this.#parameters = parameters;
    this.#words = words;
  }

  of(node: SearchNode): string {
    const tsquery = this.#tsqueryOf(node);
    if (tsquery !== null) return this.#matches(tsquery);
    switch (node.kind) {
      case 'and':
      case 'or':
        return this.#joined(node.kind, node.nodes);
      case 'not':
        return `NOT ${this.of(node.node)}`;
      case 'level':
        return `(level = ${LEVEL_CODES[node.level]})`;
      case 'column':
        return this.#column(node);
      case 'text':
        throw new Error(`expected a tsquery of the text ${JSON.stringify(node.text)}, got none`);
      default:
        return node satisfies never;
    }
  }

  #joined(kind: 'and' | 'or', nodes: readonly SearchNode[]): string {
    const texts = nodes.flatMap((node) => this.#tsqueryOf(node) ?? []);
    const others = nodes.filter((node) => this.#tsqueryOf(node) === null).map((node) => this.of(node));
    const text = texts.length === 0 ? [] : [this.#matches(texts.join(kind === 'and' ? ' & ' : ' | '))];
    return `(${[...text, ...others].join(kind === 'and' ? ' AND ' : ' OR ')})`;
  }

  #matches(tsquery: string): string {
    return `(search @@ ${this.#parameters.add(tsquery)}::tsquery)`;
  }

  /** Returns the tsquery of a tree of texts, or null if it has other terms. */
  #tsqueryOf(node: SearchNode): string | null {
    switch (node.kind) {
      case 'and':
      case 'or': {
        const parts = node.nodes.map((inner) => this.#tsqueryOf(inner));
        return parts.includes(null) ? null : `(${parts.join(node.kind === 'and' ? ' & ' : ' | ')})`;
      }
      case 'not': {
        const inner = this.#tsqueryOf(node.node);
        return inner && `!${inner}`;
      }
      case 'text':
        return phraseOf(this.#words.of(node), node.isPrefix);
      case 'level':
      case 'column':
        return null;
      default:
        return node satisfies never;
    }
  }

  #column(node: ColumnNode): string {
    const words = this.#words.ofColumn(node);
    const value = this.#parameters.add(node.value);
    const compare = (text: string): string => (node.isPrefix ? `starts_with(${text}, ${value})` : `${text} = ${value}`);
    const isEqual = [...typedOf(node.name).map(compare), ...this.#parsed(node.name, compare)].join(' OR ');
    // Null if a record has no such column; NOT has to find those records.
    const condition = `((${isEqual}) IS TRUE)`;
    return words === null ? condition : `(${this.#matches(phraseOf(words.words, words.isPrefix))} AND ${condition})`;
  }

  /** A column of this name, or the nested one on this path. */
  #parsed(name: string, compare: (text: string) => string): string[] {
    const paths = name.includes('.') ? [[name], name.split('.')] : [[name]];
    return paths.map((path) => {
      const at = `${this.#parameters.add(path)}::text[]`;
      return `(${compare(`(fields #>> ${at})`)} AND json_typeof(fields #> ${at}) NOT IN ('object', 'array'))`;
    });
  }
}

function typedOf(name: string): string[] {
  if (name === 'status') return ['status::text'];
  return ['service', 'method', 'path', 'source'].includes(name) ? [name] : [];
}

/** Words consist of letters and digits only, so quoting them is enough. */
function phraseOf(words: readonly string[], isPrefix: boolean): string {
  const quoted = words.map((word, index) => `'${word}'${isPrefix && index === words.length - 1 ? ':*' : ''}`);
  return quoted.length === 1 ? (quoted[0] ?? '') : `(${quoted.join(' <-> ')})`;
}
