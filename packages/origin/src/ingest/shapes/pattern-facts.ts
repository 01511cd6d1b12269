import type { Pattern } from './pattern-syntax.ts';

const ANY_TEXT: Pattern = {
  type: 'repeat',
  part: { type: 'atom', text: '.' },
  min: 0,
  max: Number.POSITIVE_INFINITY,
};
/** A range of repetitions that ends above this number counts as unbounded, so that it needs few positions. */
const MAX_COUNTED = 4;
/** Maximum number of repetitions whose text is looked at. */
const MAX_WRITTEN_OUT = 8;

/**
 * Returns a pattern that matches whatever begins as a match of another one does, up to a number of characters. It may match
 * more.
 */
export function headOf(pattern: Pattern, characters: number): Pattern {
  switch (pattern.type) {
    case 'atom':
      return pattern;
    case 'choice':
      return { type: 'choice', parts: pattern.parts.map((part) => headOf(part, characters)) };
    case 'repeat': {
      const { min, max } = pattern;
      return { ...pattern, max: max > min && max > MAX_COUNTED ? Number.POSITIVE_INFINITY : max };
    }
    case 'sequence': {
      const parts: Pattern[] = [];
      let left = characters;
      for (const part of pattern.parts) {
        parts.push(headOf(part, left));
        left -= minLengthOf(part);
        if (left <= 0) return { type: 'sequence', parts: [...parts, ANY_TEXT] };
      }
      return { type: 'sequence', parts };
    }
  }
}

/** Returns the number of characters that every match of a pattern has. */
function minLengthOf(pattern: Pattern): number {
  switch (pattern.type) {
    case 'atom':
      return 1;
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + minLengthOf(part), 0);
    case 'choice':
      return Math.min(...pattern.parts.map(minLengthOf));
    case 'repeat':
      return pattern.min === 0 ? 0 : pattern.min * minLengthOf(pattern.part);
  }
}

/** Returns the longest text that is certain to be in every match of a pattern, '' if none but blanks is. */
export function requiredText(pattern: Pattern): string {
  let longest = '';
  let run = '';
  for (const character of certainCharacters(pattern)) {
    run = character === null ? '' : run + character;
    if (run.length > longest.length && run.trim() !== '') longest = run;
  }
  return longest;
}

/** Yields the characters that every match has, in their order, with null wherever other text may be. */
function* certainCharacters(pattern: Pattern): Generator<string | null> {
  switch (pattern.type) {
    case 'atom':
      yield literalOf(pattern.text);
      break;
    case 'choice':
      yield null;
      break;
    case 'sequence':
      for (const part of pattern.parts) yield* certainCharacters(part);
      break;
    case 'repeat': {
      const { part, min, max } = pattern;
      const written = Math.min(min, MAX_WRITTEN_OUT);
      for (let count = 0; count < written; count++) yield* certainCharacters(part);
      if (max > written) yield null;
    }
  }
}

/** Returns the only character that an atom matches, or null if it matches several. */
function literalOf(atom: string): string | null {
  if (atom.length === 1) return atom === '.' ? null : atom;
  return /^\\[^A-Za-z0-9]$/.test(atom) ? (atom[1] ?? null) : null;
}
