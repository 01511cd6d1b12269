import { type ColumnNode, parseSearch, type SearchNode, type TextNode, wordsOf } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import { columnTextsOf } from '../searched-texts.ts';

/** Returns whether a record matches a text query: the model that every store has to agree with. */
export function matchesText(q: string, record: LogRecord): boolean {
  const tree = parseSearch(q);
  return tree === null || matches(tree, record);
}

function matches(node: SearchNode, record: LogRecord): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((inner) => matches(inner, record));
    case 'or':
      return node.nodes.some((inner) => matches(inner, record));
    case 'not':
      return !matches(node.node, record);
    case 'level':
      return record.level === node.level;
    case 'column':
      return hasColumn(node, record);
    case 'text':
      return [record.message, ...columnTextsOf(record).map(({ text }) => text)].some((text) => hasPhrase(node, text));
    default:
      return node satisfies never;
  }
}

function hasColumn({ name, value, isPrefix }: ColumnNode, record: LogRecord): boolean {
  return columnTextsOf(record).some(
    (column) => column.name === name && (isPrefix ? column.text.startsWith(value) : column.text === value),
  );
}

function hasPhrase({ words, isPrefix }: TextNode, text: string): boolean {
  const found = wordsOf(text);
  const isAt = (at: number): boolean =>
    words.every((word, index) => {
      const other = found[at + index] ?? '';
      return isPrefix && index === words.length - 1 ? other.startsWith(word) : other === word;
    });
  return found.some((_, at) => isAt(at));
}
