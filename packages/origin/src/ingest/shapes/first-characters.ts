import type { Automaton } from './automaton.ts';
import { matcherOf } from './characters.ts';

/** Number of characters with an entry of their own; the entry after them is for all others. */
const ASCII = 128;

/** For each ASCII character, and for all others together, whether a match can begin with it. */
export type FirstCharacters = Uint8Array;

/** Returns the characters with which a match can begin, and perhaps others beyond ASCII. */
export function firstCharacters({ atoms, first, canBeEmpty }: Automaton): FirstCharacters {
  const characters = new Uint8Array(ASCII + 1);
  if (canBeEmpty) return characters.fill(1);
  for (const atom of new Set([...first.keys()].map((position) => atoms[position] ?? ''))) {
    const matches = matcherOf(atom);
    for (let code = 0; code < ASCII; code++) if (matches(String.fromCharCode(code))) characters[code] = 1;
    if (atom.length > 1 || atom === '.' || atom > '\x7f') characters[ASCII] = 1;
  }
  return characters;
}

/** Returns whether a line begins with one of the characters. */
export function canBegin(first: FirstCharacters, line: string): boolean {
  return line === '' || first[Math.min(line.charCodeAt(0), ASCII)] === 1;
}
