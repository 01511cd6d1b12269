import fc from 'fast-check';
import { matcherOf, representatives } from '../shapes/characters.ts';
import { type Pattern, parsePattern } from '../shapes/pattern-syntax.ts';

/** Maximum number of times that an unbounded part is repeated. */
const MAX_REPETITIONS = 3;

/** Generates examples with small changes, and lines that patterns match, apart from their assertions. */
export function linesOf(examples: readonly string[], patterns: readonly string[]): fc.Arbitrary<string> {
  const example = fc.constantFrom(...examples);
  const place = fc.nat({ max: 40 });
  return fc.oneof(
    fc
      .tuple(example, place, fc.string({ maxLength: 2 }))
      .map(([line, at, text]) => line.slice(0, at) + text + line.slice(at + 1)),
    fc.tuple(example, place, example).map(([line, at, other]) => line.slice(0, at) + other.slice(at)),
    fc.tuple(example, place).map(([line, at]) => line.slice(0, at)),
    fc.constantFrom(...patterns.map(parsePattern)).chain(matchOf),
  );
}

function matchOf(pattern: Pattern): fc.Arbitrary<string> {
  switch (pattern.type) {
    case 'atom':
      return fc.constantFrom(...charactersOf(pattern.text));
    case 'choice':
      return fc.oneof(...pattern.parts.map(matchOf));
    case 'sequence':
      return fc.tuple(...pattern.parts.map(matchOf)).map((texts) => texts.join(''));
    case 'repeat': {
      const { part, min, max } = pattern;
      return fc
        .array(matchOf(part), { minLength: min, maxLength: Math.min(max, min + MAX_REPETITIONS) })
        .map((texts) => texts.join(''));
    }
  }
}

const CHARACTERS = new Map<string, readonly string[]>();

/** Returns characters that an atom matches: those that differ for some pattern. */
function charactersOf(atom: string): readonly string[] {
  const known = CHARACTERS.get(atom);
  if (known !== undefined) return known;
  const matches = matcherOf(atom);
  const found = atom.length === 1 && atom !== '.' ? [atom] : representatives([atom]).filter(matches);
  CHARACTERS.set(atom, found);
  return found;
}
