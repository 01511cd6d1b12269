import type { Automaton } from './automaton.ts';
import { matcherOf } from './characters.ts';

/** Number of characters with an entry of their own; the entry after them is for all others. */
const ASCII = 128;
/** Number of entries of a table. */
export const TABLE_ENTRIES = ASCII + 1;

/** For each ASCII character, and for all others together, 1 if it is in a set. The others may be in it only in part. */
export type CharacterTable = Uint8Array;

/** Returns the entry of a line's character in a table. */
export function entryAt(line: string, at: number): number {
  return Math.min(line.charCodeAt(at), ASCII);
}

/** Returns the characters that an atom matches, and perhaps others beyond ASCII. */
export function charactersOf(atom: string): CharacterTable {
  const table = new Uint8Array(TABLE_ENTRIES);
  const matches = matcherOf(atom);
  for (let code = 0; code < ASCII; code++) if (matches(String.fromCharCode(code))) table[code] = 1;
  if (atom.length > 1 || atom === '.' || atom > '\x7f') table[ASCII] = 1;
  return table;
}

/** Returns the characters with which a match can begin, and perhaps others beyond ASCII. */
export function firstCharacters({ atoms, first, canBeEmpty }: Automaton): CharacterTable {
  const characters = new Uint8Array(TABLE_ENTRIES);
  if (canBeEmpty) return characters.fill(1);
  for (const atom of new Set([...first.keys()].map((position) => atoms[position] ?? ''))) {
    for (const [entry, isMatched] of charactersOf(atom).entries()) if (isMatched === 1) characters[entry] = 1;
  }
  return characters;
}

/** Returns whether a line begins with one of the characters. */
export function canBegin(first: CharacterTable, line: string): boolean {
  return line === '' || first[entryAt(line, 0)] === 1;
}
