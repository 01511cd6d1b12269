import type { Pattern } from './pattern-syntax.ts';
import { ShapeError } from './shape-error.ts';

/** To each position the number of ways in which it is reached without reading a character. */
export type Ways = ReadonlyMap<number, number>;

/**
 * The positions of a pattern's atoms and the order in which a match can pass them (Glushkov's automaton, with the number
 * of ways in place of sets). A backtracking engine's attempts on a line are runs of it.
 */
export interface Automaton {
  /** Source of the atom at each position: a character, an escape or a class. */
  readonly atoms: readonly string[];
  readonly first: Ways;
  readonly next: readonly Ways[];
  /** Positions after which a match can end. */
  readonly last: Ways;
  readonly canBeEmpty: boolean;
}

interface Part {
  readonly first: Ways;
  readonly last: Ways;
  /** Number of ways to match the empty text. */
  readonly empty: number;
}

const EMPTY: Part = { first: new Map(), last: new Map(), empty: 1 };
const MAX_POSITIONS = 3_000;
/** A repetition of at most this many positions in all is written out; a longer one counts as unbounded. */
const MAX_WRITTEN_OUT = 64;

/**
 * Builds the automaton of a pattern. A counted repetition that is too long to write out becomes an unbounded one, which
 * has all of its runs and more. Throws `ShapeError` if the pattern repeats what can be empty, or is too long.
 */
export function automatonOf(pattern: Pattern): Automaton {
  const builder = new Builder();
  const { first, last, empty } = builder.part(pattern);
  return { atoms: builder.atoms, first, next: builder.next, last, canBeEmpty: empty > 0 };
}

class Builder {
  readonly atoms: string[] = [];
  readonly next: Map<number, number>[] = [];

  part(pattern: Pattern): Part {
    switch (pattern.type) {
      case 'atom':
        return this.#atom(pattern.text);
      case 'sequence':
        return pattern.parts.reduce((before, part) => this.#joined(before, this.part(part)), EMPTY);
      case 'choice':
        return pattern.parts.map((part) => this.part(part)).reduce(either);
      case 'repeat':
        return this.#repeat(pattern.part, pattern.min, pattern.max);
    }
  }

  #atom(text: string): Part {
    const at = this.atoms.length;
    if (at >= MAX_POSITIONS) {
      throw new ShapeError(`expected a pattern of at most ${MAX_POSITIONS} characters and classes, got more`);
    }
    this.atoms.push(text);
    this.next.push(new Map());
    const only = new Map([[at, 1]]);
    return { first: only, last: only, empty: 0 };
  }

  #joined(before: Part, after: Part): Part {
    this.#connect(before.last, after.first);
    return {
      first: sum(before.first, after.first, before.empty),
      last: sum(after.last, before.last, after.empty),
      empty: before.empty * after.empty,
    };
  }

  #connect(from: Ways, to: Ways): void {
    for (const [position, ways] of from) {
      const edges = this.next[position];
      for (const [target, more] of to) edges?.set(target, (edges.get(target) ?? 0) + ways * more);
    }
  }

  #repeat(body: Pattern, min: number, max: number): Part {
    if (max <= 1) {
      const part = max === 0 ? EMPTY : this.part(body);
      return min === 0 && max === 1 ? { ...part, empty: part.empty + 1 } : part;
    }
    const start = this.atoms.length;
    let part = this.part(body);
    if (part.empty > 0)
      throw new ShapeError('expected each repeated part to match at least one character, got one that can be empty');
    const size = this.atoms.length - start;
    if (max * size > MAX_WRITTEN_OUT) {
      this.#connect(part.last, part.first);
      return min === 0 ? { ...part, empty: 1 } : part;
    }
    // x{2,4} is xx(?:x(?:x)?)?, built from its end.
    const copies = [part, ...Array.from({ length: max - 1 }, () => this.part(body))];
    part = EMPTY;
    for (const [index, copy] of [...copies.entries()].reverse()) {
      part = this.#joined(copy, part);
      if (index >= min) part = { ...part, empty: part.empty + 1 };
    }
    return part;
  }
}

function either(a: Part, b: Part): Part {
  return { first: sum(a.first, b.first, 1), last: sum(a.last, b.last, 1), empty: a.empty + b.empty };
}

function sum(a: Ways, b: Ways, factor: number): Ways {
  if (factor === 0 || b.size === 0) return a;
  const all = new Map(a);
  for (const [position, ways] of b) all.set(position, (all.get(position) ?? 0) + ways * factor);
  return all;
}
