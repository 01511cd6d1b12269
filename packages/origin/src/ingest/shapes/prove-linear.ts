import type { Automaton, Ways } from './automaton.ts';
import { automatonOf } from './automaton.ts';
import { matcherOf, representatives } from './characters.ts';
import { parsePattern } from './pattern-syntax.ts';
import { ShapeError } from './shape-error.ts';

/**
 * Maximum number of steps that a match may take per character of the line. A line of 64 KiB then takes at most 13 million
 * steps, about 0.1 s.
 */
const MAX_STEPS = 200;
/** Maximum number of sets of runs that are looked at. A pattern that needs more is refused as too complex. */
const MAX_SETS = 3_000;

/**
 * Proves that a backtracking engine matches any line in time linear in its length, or throws `ShapeError`.
 *
 * What the engine tries on a line are the runs of the pattern's automaton on the line's beginnings. The proof follows
 * all runs at once, over all lines, and counts how many there are after each character: if no line has more than a
 * constant number of them, the engine takes at most that many steps per character. It is sound for every pattern that it
 * accepts; it refuses some that are linear for other reasons. A run that has reached a final `.*` matches for certain and
 * ends the search, so there is at most one.
 *
 * @returns The largest number of steps per character.
 */
export function proveLinear(source: string): number {
  const automaton = automatonOf(parsePattern(source));
  const letters = lettersOf(automaton);
  const certain = certainPositions(automaton);
  const start: Runs = { counts: new Map([[-1, 1]]), text: '' };
  const seen = new Set<string>();
  const open = [start];
  let most = 0;
  for (let runs = open.pop(); runs !== undefined; runs = open.pop()) {
    for (const { character, positions } of letters) {
      const counts = afterCharacter(automaton, runs.counts, positions, certain);
      if (counts.size === 0) continue;
      const text = runs.text.length < 60 ? runs.text + character : runs.text;
      most = Math.max(most, stepsOf(automaton, counts, text));
      const key = keyOf(counts);
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > MAX_SETS)
        throw new ShapeError('expected a simpler pattern, got one that is too complex to be proven linear');
      open.push({ counts, text });
    }
  }
  return most;
}

interface Runs {
  /** Number of runs at each position; -1 is before the first character. */
  readonly counts: Ways;
  /** A text that leads there. */
  readonly text: string;
}

interface Letter {
  readonly character: string;
  /** The positions whose atom matches the character. */
  readonly positions: Uint8Array;
}

/** Returns one character for each set of atoms that some character matches. */
function lettersOf({ atoms }: Automaton): Letter[] {
  const matchers = new Map([...new Set(atoms)].map((atom) => [atom, matcherOf(atom)]));
  const letters = new Map<string, Letter>();
  for (const character of representatives([...matchers.keys()])) {
    const matched = new Map([...matchers].map(([atom, matches]) => [atom, Number(matches(character))]));
    const key = [...matched.values()].join('');
    if (letters.has(key)) continue;
    letters.set(key, { character, positions: Uint8Array.from(atoms, (atom) => matched.get(atom) ?? 0) });
  }
  return [...letters.values()];
}

/** Returns the positions from which every rest of the line is a match: those of a `.*` at the pattern's end. */
function certainPositions({ atoms, next, last }: Automaton): Set<number> {
  const isAny = (atom: string) => atom === '.' || /^\[(?:\^|\\s\\S|\\S\\s|\\w\\W|\\W\\w|\\d\\D|\\D\\d)\]$/.test(atom);
  return new Set(
    [...atoms.keys()].filter((at) => isAny(atoms[at] ?? '') && last.has(at) && next[at]?.has(at) === true),
  );
}

function afterCharacter(
  { first, next }: Automaton,
  counts: Ways,
  positions: Uint8Array,
  certain: ReadonlySet<number>,
): Ways {
  const after = new Map<number, number>();
  for (const [position, runs] of counts) {
    for (const [target, ways] of (position === -1 ? first : next[position]) ?? []) {
      if (positions[target] !== 1) continue;
      after.set(target, certain.has(target) ? 1 : (after.get(target) ?? 0) + runs * ways);
    }
  }
  return after;
}

/** Each run tries each position that can come next, in each way. Throws `ShapeError` if these are too many. */
function stepsOf({ next }: Automaton, counts: Ways, text: string): number {
  let steps = 0;
  for (const [position, runs] of counts) {
    const ways = [...(next[position]?.values() ?? [])].reduce((sum, more) => sum + more, 0);
    steps += runs * Math.max(1, ways);
  }
  if (steps <= MAX_STEPS) return steps;
  throw new ShapeError(
    'expected a pattern whose parts cannot match the same text in many ways, got one that tries more than ' +
      `${MAX_STEPS} ways on a text that begins with ${JSON.stringify(text)}; let each part end at a character that it cannot ` +
      'contain, such as [^:]*: in place of .*:',
  );
}

function keyOf(counts: Ways): string {
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([position, runs]) => `${position}:${runs}`)
    .join(' ');
}
