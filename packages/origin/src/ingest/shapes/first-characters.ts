/** Number of characters with an entry of their own; the entry after them is for all others. */
const ASCII = 128;

/** For each ASCII character, and for all others together, whether a match can begin with it. */
export type FirstCharacters = Uint8Array;

interface Piece {
  readonly first: Uint8Array;
  /** Whether the piece can match the empty text. */
  readonly isEmpty: boolean;
}

const NOTHING: Piece = { first: new Uint8Array(ASCII + 1), isEmpty: true };

/**
 * Returns the characters with which a match of a regular expression can begin: at least those. The pattern must be one
 * that JavaScript compiles.
 */
export function firstCharacters(source: string): FirstCharacters {
  const { first, isEmpty } = new FirstReader(source).alternatives();
  return isEmpty ? first.fill(1) : first;
}

/** Returns whether a line begins with one of the characters; the empty line always may. */
export function canBegin(first: FirstCharacters, line: string): boolean {
  return line === '' || first[Math.min(line.charCodeAt(0), ASCII)] === 1;
}

/** A character, an escape or a class; an assertion or a group is read apart. */
const ATOM = /\[(?:[^\]\\]|\\.)*\]|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|.)|[^()|]/sy;
const QUANTIFIER = /(?:[*?]|\+|\{(\d+)(?:,\d*)?\})\??/y;
const GROUP = /\((\?[a-z-]{0,8}:|\?<?[=!]|\?<[^>]*>)?/y;
/** Number of atoms whose characters are cached. */
const REMEMBERED_ATOMS = 500;

class FirstReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads alternatives up to the end or a closing parenthesis. */
  alternatives(): Piece {
    let all = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at++;
      const next = this.#sequence();
      all = { first: union(all.first, next.first), isEmpty: all.isEmpty || next.isEmpty };
    }
    return all;
  }

  #sequence(): Piece {
    let all = NOTHING;
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      const piece = this.#quantified(this.#source[this.#at] === '(' ? this.#group() : this.#atom());
      if (all.isEmpty) all = { first: union(all.first, piece.first), isEmpty: piece.isEmpty };
    }
    return { first: all.first.slice(), isEmpty: all.isEmpty };
  }

  #group(): Piece {
    const kind = this.#take(GROUP)?.[1] ?? '';
    const inner = this.alternatives();
    this.#at++;
    if (/[=!]$/.test(kind)) return NOTHING;
    // `(?i:…)` matches both cases of each letter.
    return kind.includes('i') ? { first: new Uint8Array(ASCII + 1).fill(1), isEmpty: inner.isEmpty } : inner;
  }

  #atom(): Piece {
    const text = this.#take(ATOM)?.[0] ?? '';
    if (text === '^' || text === '$' || text === '\\b' || text === '\\B') return NOTHING;
    return { first: charactersOf(text), isEmpty: false };
  }

  #quantified(piece: Piece): Piece {
    const match = this.#take(QUANTIFIER);
    if (match === null) return piece;
    const isOptional = match[0].startsWith('*') || match[0].startsWith('?') || match[1] === '0';
    return { first: piece.first, isEmpty: piece.isEmpty || isOptional };
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}

const known = new Map<string, Uint8Array>();

/** Asks the engine itself which characters an atom matches. Characters beyond ASCII count as matched by every class. */
function charactersOf(atom: string): Uint8Array {
  let first = known.get(atom);
  if (first === undefined) {
    const pattern = new RegExp(`^${atom}$`, 's');
    first = Uint8Array.from({ length: ASCII + 1 }, (_, code) =>
      code === ASCII
        ? Number(atom.length > 1 || atom === '.' || atom > '\x7f')
        : Number(pattern.test(String.fromCharCode(code))),
    );
    if (known.size >= REMEMBERED_ATOMS) known.clear();
    known.set(atom, first);
  }
  return first;
}

function union(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, index) => value | (b[index] ?? 0));
}
