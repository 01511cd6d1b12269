import { fieldTerm, refuseLongPrefix } from './search-field.ts';
import { SearchSyntaxError } from './search-syntax-error.ts';
import { endsInWord, join, not, type SearchNode, textNode } from './search-tree.ts';

/** Parentheses nest at most this deep, because the stores bound the depth of a query. */
const MAX_DEPTH = 5;

const OPERATORS = ['AND', 'OR', 'NOT'] as const;
type Operator = (typeof OPERATORS)[number];

function isOperator(text: string): text is Operator {
  return OPERATORS.some((operator) => operator === text);
}

/** A group of terms that is not closed yet, or the whole query. */
interface Group {
  /** Offset of its parenthesis; -1 for the whole query. */
  readonly at: number;
  readonly isExcluded: boolean;
  /** The operands of AND, each a list of operands of OR. */
  readonly all: SearchNode[][];
  operator: { readonly name: Operator; readonly at: number } | null;
  /** Whether the next term is an operand of the OR before it. */
  isAlternative: boolean;
  /** Whether an odd number of NOT precedes the next term. */
  isNegated: boolean;
}

/**
 * Parses a text query (see `searchBodySchema`). Returns null if it is blank, so that everything matches. The cost is linear in its
 * length.
 *
 * @throws SearchSyntaxError
 */
export function parseSearch(query: string): SearchNode | null {
  const first = query.search(/\S/);
  if (first === -1) return null;
  const node = new Parser(query).parse();
  if (node === null) throw new SearchSyntaxError('a word with a letter or a digit', first, query);
  return node;
}

class Parser {
  readonly #query: string;
  #at = 0;
  #groups: Group[] = [newGroup(-1, false)];
  /** Open parentheses in order: of groups, and within words such as `main(1, 2)`, where they are text. */
  readonly #open: ('group' | 'text')[] = [];

  constructor(query: string) {
    this.#query = query;
  }

  parse(): SearchNode | null {
    for (this.#skipSpaces(); this.#at < this.#query.length; this.#skipSpaces()) this.#next();
    const group = this.#group();
    if (group.at !== -1) {
      throw new SearchSyntaxError('a ")" that closes the "("', group.at, this.#query);
    }
    return this.#nodeOf(group);
  }

  #next(): void {
    const start = this.#at;
    const isExcluded = this.#query[start] === '-';
    const at = isExcluded ? start + 1 : start;
    const character = this.#query[at];
    if (character === '(') this.#openGroup(at, isExcluded);
    else if (character === ')' && !isExcluded) this.#closeParenthesis();
    else if (character === '"') this.#addTerm(this.#quoted(at), isExcluded, start);
    else this.#bare(start, isExcluded);
  }

  #openGroup(at: number, isExcluded: boolean): void {
    if (this.#groups.length > MAX_DEPTH) {
      throw new SearchSyntaxError(`at most ${MAX_DEPTH} nested parentheses`, at, this.#query);
    }
    this.#groups.push(newGroup(at, isExcluded));
    this.#open.push('group');
    this.#at = at + 1;
  }

  #closeParenthesis(): void {
    const kind = this.#open.pop();
    if (kind === undefined) throw new SearchSyntaxError('a "(" before this ")"', this.#at, this.#query);
    if (kind === 'group') {
      const node = this.#nodeOf(this.#group());
      const { at, isExcluded } = this.#group();
      this.#groups.pop();
      this.#addTerm(node, isExcluded, at);
    }
    this.#at += 1;
  }

  /** Reads `"…"` or `"…"*`. */
  #quoted(at: number): SearchNode | null {
    const { text, isPrefix } = this.#readQuotes(at);
    return this.#textTerm(text, isPrefix, at);
  }

  #readQuotes(at: number): { text: string; isPrefix: boolean } {
    const end = this.#query.indexOf('"', at + 1);
    if (end === -1) {
      throw new SearchSyntaxError('a second quote that closes the first', at, this.#query);
    }
    const isPrefix = this.#query[end + 1] === '*';
    this.#at = isPrefix ? end + 2 : end + 1;
    return { text: this.#query.slice(at + 1, end), isPrefix };
  }

  #bare(start: number, isExcluded: boolean): void {
    const from = isExcluded ? start + 1 : start;
    const text = this.#readBare(from);
    if (!isExcluded && isOperator(text)) {
      this.#operator(text, start);
      return;
    }
    // A quote right after `name:` begins its value.
    const value = this.#query[this.#at] === '"' && /^[^:]+:$/.test(text) ? this.#readQuotes(this.#at) : null;
    const node = fieldTerm({ query: this.#query, at: from, text, value });
    this.#addTerm(node === undefined ? this.#words(text, from) : node, isExcluded, start);
    if (node === undefined && value !== null) {
      this.#addTerm(this.#textTerm(value.text, value.isPrefix, from), false, start);
    }
  }

  /** Reads up to a space, a quote, or the parenthesis that closes a group. */
  #readBare(from: number): string {
    let at = from;
    for (; at < this.#query.length && !/[\s"]/.test(this.#query.charAt(at)); at += 1) {
      const character = this.#query[at];
      // `NOT(a)` as `NOT (a)`.
      if (character === '(' && isOperator(this.#query.slice(from, at))) break;
      if (character === '(') this.#open.push('text');
      if (character !== ')') continue;
      if (this.#open.at(-1) !== 'text') break;
      this.#open.pop();
    }
    this.#at = at;
    return this.#query.slice(from, at);
  }

  /** A word, several joined by other characters, or none. */
  #words(text: string, at: number): SearchNode | null {
    const star = misplacedStar(text);
    if (star !== -1) {
      const expected = '"*" only at the end of a word; quote the text to search for its words';
      throw new SearchSyntaxError(expected, at + star, this.#query);
    }
    const isPrefix = text.endsWith('*') && endsInWord(text.slice(0, -1));
    return this.#textTerm(isPrefix ? text.slice(0, -1) : text, isPrefix, at);
  }

  #textTerm(text: string, isPrefix: boolean, at: number): SearchNode | null {
    if (isPrefix) refuseLongPrefix(text, at, this.#query);
    return textNode(text, isPrefix && endsInWord(text));
  }

  #operator(name: Operator, at: number): void {
    const group = this.#group();
    if (name === 'NOT') group.isNegated = !group.isNegated;
    else {
      if (group.operator !== null) throw missingTerm(`after ${group.operator.name}`, at, this.#query);
      if (group.all.length === 0) throw missingTerm(`before ${name}`, at, this.#query);
      group.isAlternative = name === 'OR';
    }
    group.operator = { name, at };
  }

  /** Adds a term; null is punctuation, which counts as a space. */
  #addTerm(node: SearchNode | null, isExcluded: boolean, at: number): void {
    const group = this.#group();
    if (node === null) {
      if (group.operator !== null) throw missingTerm(`after ${group.operator.name}`, at, this.#query);
      return;
    }
    const term = isExcluded === group.isNegated ? node : not(node);
    const alternatives = group.isAlternative ? group.all.at(-1) : undefined;
    if (alternatives === undefined) group.all.push([term]);
    else alternatives.push(term);
    group.isAlternative = false;
    group.isNegated = false;
    group.operator = null;
  }

  #nodeOf({ all, operator }: Group): SearchNode | null {
    if (operator !== null) throw missingTerm(`after ${operator.name}`, this.#at, this.#query);
    return join(
      'and',
      all.flatMap((terms) => join('or', terms) ?? []),
    );
  }

  #group(): Group {
    const group = this.#groups.at(-1);
    if (group === undefined) throw new Error('expected the group of the whole query, got none');
    return group;
  }

  #skipSpaces(): void {
    while (/\s/.test(this.#query.charAt(this.#at))) this.#at += 1;
  }
}

function newGroup(at: number, isExcluded: boolean): Group {
  return { at, isExcluded, all: [], operator: null, isAlternative: false, isNegated: false };
}

const missingTerm = (where: string, at: number, query: string): SearchSyntaxError =>
  new SearchSyntaxError(`a term ${where}`, at, query);

/** Returns the offset of a `*` that touches a word and does not end the text, or -1. */
function misplacedStar(text: string): number {
  const found = /(?<=[\p{L}\p{N}\p{M}])\*(?!$)|\*(?=[\p{L}\p{N}\p{M}])/u.exec(text);
  return found === null ? -1 : found.index;
}
