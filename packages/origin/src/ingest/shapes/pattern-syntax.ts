import { ShapeError } from './shape-error.ts';

/** A regular expression without what matches no text (anchors, word boundaries, assertions). */
export type Pattern =
  | { readonly type: 'atom'; readonly text: string }
  | { readonly type: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | { readonly type: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number };

/** Groups within groups. The depth of the parser's recursion. */
const MAX_DEPTH = 50;
/** Characters of an assertion. It is evaluated at each place, so it must be short. */
const MAX_ASSERTION_CHARACTERS = 100;

const ATOM = /\[(?:[^\]\\]|\\.)*\]|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[^1-9kc])|[^()|[\\*+?{]|\{(?!\d)/sy;
const QUANTIFIER = /(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/y;
const GROUP = /\((?:\?(?:(:|<(?![=!])[^>]*>)|<?[=!]))?/y;
/** Text that an assertion may have: characters, classes and alternatives, without repetition or groups. */
const ASSERTION = /(?:\[(?:[^\]\\]|\\.)*\]|\\.|[^()[\\*+?{])*\)/sy;
const EMPTY: Pattern = { type: 'sequence', parts: [] };

/**
 * Reads a regular expression that JavaScript compiles, without flags. Throws `ShapeError` for what it cannot judge:
 * back-references, flags within the pattern, long assertions, and other syntax that it does not know.
 */
export function parsePattern(source: string): Pattern {
  const parser = new PatternParser(source);
  const pattern = parser.choice(0);
  parser.expectEnd();
  return pattern;
}

class PatternParser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  expectEnd(): void {
    if (this.#at < this.#source.length) throw this.#unknown();
  }

  choice(depth: number): Pattern {
    if (depth > MAX_DEPTH) throw new ShapeError(`expected at most ${MAX_DEPTH} groups within each other, got more`);
    const parts = [this.#sequence(depth)];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      parts.push(this.#sequence(depth));
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { type: 'choice', parts };
  }

  #sequence(depth: number): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      const part = this.#source[this.#at] === '(' ? this.#group(depth) : this.#atom();
      parts.push(this.#repeated(part));
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { type: 'sequence', parts };
  }

  #group(depth: number): Pattern {
    const start = this.#at;
    const match = this.#take(GROUP);
    if (match === null || match[0] === '(?') throw this.#unknown();
    if (/[=!]$/.test(match[0])) return this.#assertion(start);
    // A plain parenthesis followed by a question mark is a group with flags.
    if (match[0] === '(' && this.#source[this.#at] === '?') throw this.#unknown();
    const inner = this.choice(depth + 1);
    if (this.#source[this.#at] !== ')') throw this.#unknown();
    this.#at++;
    return inner;
  }

  #assertion(start: number): Pattern {
    const match = this.#take(ASSERTION);
    if (match !== null && match[0].length <= MAX_ASSERTION_CHARACTERS) return EMPTY;
    const text = this.#source.slice(start, start + 20);
    throw new ShapeError(
      `expected an assertion of at most ${MAX_ASSERTION_CHARACTERS} characters without groups and repetitions, got ${text}…`,
    );
  }

  #atom(): Pattern {
    const text = this.#take(ATOM)?.[0];
    if (text === undefined) throw this.#unknown();
    return text === '^' || text === '$' || text === '\\b' || text === '\\B' ? EMPTY : { type: 'atom', text };
  }

  #repeated(part: Pattern): Pattern {
    const match = this.#take(QUANTIFIER);
    if (match === null) return part;
    const [, sign, lowest, comma, highest] = match;
    if (sign !== undefined) {
      return { type: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
    }
    const min = Number(lowest);
    const max = comma === undefined ? min : highest === undefined ? Number.POSITIVE_INFINITY : Number(highest);
    return { type: 'repeat', part, min, max };
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #unknown(): ShapeError {
    const text = this.#source.slice(this.#at, this.#at + 20);
    return new ShapeError(
      `expected characters, classes, groups (?:…), alternatives and quantifiers, got something else at ${JSON.stringify(text)}`,
    );
  }
}
