import { LEVELS, type Level } from './fields.ts';
import { wordsOf } from './words.ts';

/** Words that must follow each other in a searched text. */
export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
  readonly words: readonly string[];
  /** Whether the last word may be longer. */
  readonly isPrefix: boolean;
}

/** A column whose value must be, or begin with, a text: exactly, with its case. */
export interface ColumnNode {
  readonly kind: 'column';
  readonly name: string;
  readonly value: string;
  readonly isPrefix: boolean;
}

/** The parsed form of a text query. `and` and `or` have at least two nodes, all different. */
export type SearchNode =
  | TextNode
  | ColumnNode
  | { readonly kind: 'level'; readonly level: Level }
  | { readonly kind: 'not'; readonly node: SearchNode }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly SearchNode[] };

/** Returns the node of a text, or null if it has no word. */
export function textNode(text: string, isPrefix = false): TextNode | null {
  const words = wordsOf(text);
  return words.length === 0 ? null : { kind: 'text', text, words, isPrefix };
}

/**
 * Returns the words that a record with this value of a column has, because the words of columns are searched too; null if the value
 * has none. Stores find the value by its words, then compare it.
 */
export function wordsOfColumn({ value, isPrefix }: ColumnNode): TextNode | null {
  return textNode(value, isPrefix && endsInWord(value));
}

export const endsInWord = (text: string): boolean => /[\p{L}\p{N}\p{M}]$/u.test(text);

export function levelNode(value: string): SearchNode | null {
  const level = LEVELS.find((name) => name === value.toUpperCase());
  return level === undefined ? null : { kind: 'level', level };
}

export function not(node: SearchNode): SearchNode {
  return node.kind === 'not' ? node.node : { kind: 'not', node };
}

/** Joins nodes. A repeated node occurs once, because the stores would evaluate each copy. */
export function join(kind: 'and' | 'or', nodes: readonly SearchNode[]): SearchNode | null {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node]));
  const distinct = [...new Map(flat.map((node) => [keyOf(node), node])).values()];
  return distinct.length > 1 ? { kind, nodes: distinct } : (distinct[0] ?? null);
}

/** Nodes with equal keys match the same records. */
function keyOf(node: SearchNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map(keyOf).join(` ${node.kind} `)})`;
    case 'not':
      return `!${keyOf(node.node)}`;
    case 'level':
      return `level=${node.level}`;
    case 'column':
      return `${node.name}=${JSON.stringify(node.value)}${node.isPrefix ? '*' : ''}`;
    case 'text':
      return `${node.words.join(' ')}${node.isPrefix ? '*' : ''}`;
    default:
      return node satisfies never;
  }
}

/** Returns the different terms of a tree: its texts and columns. A term and its exclusion are different. */
export function termsOf(tree: SearchNode): (TextNode | ColumnNode)[] {
  return [...new Map(signedTermsOf(tree, false)).values()];
}

function signedTermsOf(node: SearchNode, isExcluded: boolean): [string, TextNode | ColumnNode][] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap((inner) => signedTermsOf(inner, isExcluded));
    case 'not':
      return signedTermsOf(node.node, !isExcluded);
    case 'text':
    case 'column':
      return [[`${isExcluded} ${keyOf(node)}`, node]];
    case 'level':
      return [];
    default:
      return node satisfies never;
  }
}
