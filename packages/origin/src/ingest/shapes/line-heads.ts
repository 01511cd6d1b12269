import { type Automaton, automatonOf } from './automaton.ts';
import { type CharacterTable, charactersOf, entryAt, TABLE_ENTRIES } from './first-characters.ts';
import { headOf } from './pattern-facts.ts';
import type { Pattern } from './pattern-syntax.ts';

/** Number of first characters of a line that are looked at: those of a timestamp. */
export const HEAD_CHARACTERS = 24;
/** Maximum number of states that are remembered, about 1 KB each, and of different sets of patterns. */
const MAX_STATES = 2_000;
/**
 * Number of lines that need one more state before the states are forgotten, so that making them stays rare. These lines
 * are distinguished by fewer characters.
 */
const LINES_BEFORE_RESTART = 20_000;
const START = 0;

interface HeadLimits {
  readonly states: number;
  readonly linesBeforeRestart: number;
}

/** All patterns whose matches can begin as a line does. */
interface State<Name> {
  /** The positions that the characters so far lead to. */
  readonly positions: readonly number[];
  readonly possible: ReadonlySet<Name>;
  /** Whether no further character changes the patterns. */
  readonly isFinal: boolean;
  /** By the entry of the next character. */
  readonly next: (State<Name> | undefined)[];
}

/**
 * Finds which of many patterns can match a line, by its first characters, at the cost of one look-up per character. It is
 * the automaton of all patterns, made deterministic only for the texts that come.
 */
export class LineHeads<Name> {
  /** Of each position: the characters that lead to it, the positions after it, and the pattern that it is of. */
  readonly #characters: CharacterTable[] = [new Uint8Array(TABLE_ENTRIES)];
  readonly #next: (readonly number[])[] = [[]];
  readonly #patterns: number[] = [-1];
  readonly #names: readonly Name[];
  readonly #all: ReadonlySet<Name>;
  /** Equal sets are one object. */
  readonly #sets = new Map<string, ReadonlySet<Name>>();
  readonly #states = new Map<string, State<Name>>();
  readonly #limits: HeadLimits;
  #start: State<Name>;
  #linesStopped = 0;

  /** @param limits For tests. */
  constructor(
    patterns: readonly (readonly [Name, Pattern])[],
    limits: HeadLimits = { states: MAX_STATES, linesBeforeRestart: LINES_BEFORE_RESTART },
  ) {
    this.#limits = limits;
    const tables = new Map<string, CharacterTable>();
    const tableOf = (atom: string): CharacterTable => {
      const table = tables.get(atom) ?? charactersOf(atom);
      tables.set(atom, table);
      return table;
    };
    for (const [index, [, pattern]] of patterns.entries()) {
      this.#add(index, automatonOf(headOf(pattern, HEAD_CHARACTERS)), tableOf);
    }
    this.#names = patterns.map(([name]) => name);
    this.#all = new Set(this.#names);
    this.#start = this.#newStart();
  }

  /** Returns all patterns that can match a line, and perhaps others. Equal sets are the same object. */
  possible(line: string): ReadonlySet<Name> {
    let state = this.#start;
    const end = Math.min(line.length, HEAD_CHARACTERS);
    for (let at = 0; at < end && !state.isFinal; at++) {
      const entry = entryAt(line, at);
      const next = state.next[entry] ?? this.#stateAfter(state, entry);
      if (next === undefined) break;
      state = next;
    }
    return state.possible;
  }

  /** Number of states that are remembered. */
  get states(): number {
    return this.#states.size;
  }

  #add(pattern: number, { atoms, first, next }: Automaton, tableOf: (atom: string) => CharacterTable): void {
    const before = this.#characters.length;
    const shifted = (positions: Iterable<number>) => Array.from(positions, (position) => position + before);
    this.#next[START] = [...(this.#next[START] ?? []), ...shifted(first.keys())];
    for (const [position, atom] of atoms.entries()) {
      this.#characters.push(tableOf(atom));
      this.#next.push(shifted(next[position]?.keys() ?? []));
      this.#patterns.push(pattern);
    }
  }

  #newStart(): State<Name> {
    return { positions: [START], possible: this.#all, isFinal: false, next: [] };
  }

  /** Returns undefined if too many states are remembered: the patterns of fewer characters are a superset. */
  #stateAfter(state: State<Name>, entry: number): State<Name> | undefined {
    if (this.#states.size >= this.#limits.states) {
      this.#linesStopped++;
      if (this.#linesStopped < this.#limits.linesBeforeRestart) return undefined;
      this.#linesStopped = 0;
      this.#states.clear();
      this.#start = this.#newStart();
      return undefined;
    }
    const positions = this.#positionsAfter(state, entry);
    const key = positions.join();
    const next = this.#states.get(key) ?? this.#newState(positions);
    this.#states.set(key, next);
    state.next[entry] = next;
    return next;
  }

  #positionsAfter({ positions }: State<Name>, entry: number): number[] {
    const after = new Set<number>();
    for (const position of positions) {
      for (const target of this.#next[position] ?? []) if (this.#characters[target]?.[entry] === 1) after.add(target);
    }
    return [...after].sort((a, b) => a - b);
  }

  #newState(positions: readonly number[]): State<Name> {
    return {
      positions,
      possible: this.#setOf(positions),
      isFinal: positions.every((position) => this.#isAnyText(position)),
      next: [],
    };
  }

  /** Returns whether a position is that of a final `.*`. */
  #isAnyText(position: number): boolean {
    const next = this.#next[position] ?? [];
    return next.length === 1 && next[0] === position && this.#characters[position]?.every((is) => is === 1) === true;
  }

  /** Returns the patterns of positions. */
  #setOf(positions: readonly number[]): ReadonlySet<Name> {
    const patterns = new Set(positions.map((position) => this.#patterns[position] ?? -1));
    const key = [...patterns].join();
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size >= this.#limits.states) return this.#all;
    const names = new Set([...patterns].flatMap((pattern) => this.#names[pattern] ?? []));
    this.#sets.set(key, names);
    return names;
  }
}
