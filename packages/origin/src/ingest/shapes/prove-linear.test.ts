import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHAPES } from './all.ts';
import { matcherOf } from './characters.ts';
import { readGrok } from './grok.ts';
import { type Pattern, parsePattern } from './pattern-syntax.ts';
import { proveLinear } from './prove-linear.ts';

const PATTERNS = SHAPES.flatMap(({ name, pattern, further = [], continues, continuesAfter, shownBy }) => [
  [name, pattern] as const,
  ...[...further, continues, continuesAfter].flatMap((text) =>
    text === undefined ? [] : [[`${name}, continued`, text] as const],
  ),
  ...(shownBy === undefined ? [] : [[`${name}, shown`, shownBy] as const]),
]);

describe('the proof that a pattern is linear', () => {
  test.each(PATTERNS)('holds for the shape %s', (_name, pattern) => {
    expect(proveLinear(readGrok(pattern).source)).toBeLessThanOrEqual(50);
  });

  test.each([
    ['nested repetition', '(?:a+)+b'],
    ['alternatives that overlap', '(?:a|ab|b)+c'],
    ['two runs of the same text', '\\d+\\d+x'],
    ['blanks on both sides of a word that can be a blank', '\\s*\\S*\\s*=\\s*\\s*x'],
    ['three times any text', '.*x.*y.*z'],
    ['any text twice before the rest', '.*:.*:.*'],
    ['a bounded repetition within another', '(?:a{1,20}){1,20}b'],
    ['optional characters in a row', `${'a?'.repeat(30)}${'a'.repeat(30)}`],
    ['alternatives in a row', `${'(?:a|a)'.repeat(30)}b`],
  ])('fails for %s', (_name, pattern) => {
    expect(() => proveLinear(pattern)).toThrow(/cannot match the same text in many ways/);
  });

  test.each([
    ['a class that ends before its separator', '[^:]*:[^:]*:.*'],
    ['any text once before the rest', '.*?: .*'],
    ['quoted text with escapes', '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*" x'],
    ['a bounded repetition', '(?:\\d{1,3}\\.){3}\\d{1,3} \\w{1,255}$'],
    ['an assertion', '(?!INFO|WARN)[A-Z]+ .*'],
  ])('holds for %s', (_name, pattern) => {
    expect(proveLinear(pattern)).toBeLessThanOrEqual(10);
  });

  test.each([
    ['a back-reference', '(?:a)\\1', /got something else at "\\\\1"/],
    ['flags in the pattern', '(?i:a)', /got something else/],
    ['repeating what can be empty', '(?:a?){3}', /match at least one character/],
    ['a long assertion', '(?=.*a)b', /expected an assertion/],
    ['more positions than allowed', 'a'.repeat(3_001), /at most 3000/],
    ['too many sets of runs', '.*a.{0,40}b', /too complex/],
    ['groups beyond the depth', `${'(?:'.repeat(60)}a${')'.repeat(60)}`, /at most 50 groups/],
  ])('refuses %s', (_name, pattern, message) => {
    expect(() => proveLinear(pattern)).toThrow(message);
  });

  test('a backtracking matcher takes no more steps than proven', () => {
    let proven = 0;
    fc.assert(
      fc.property(PATTERN, fc.stringMatching(/^[abc]{0,40}$/), (pattern, text) => {
        let steps: number;
        try {
          steps = proveLinear(pattern);
        } catch {
          return;
        }
        proven++;
        expect(stepsOf(parsePattern(pattern), text)).toBeLessThanOrEqual((steps + 20) * (text.length + 1));
      }),
      { numRuns: 300 },
    );
    expect(proven).toBeGreaterThan(50);
  });

  test('a backtracking matcher does take more steps on a refused pattern', () => {
    expect(stepsOf(parsePattern('(?:a|ab|b)+c'), 'ab'.repeat(10))).toBeGreaterThan(1_000);
  });
});

const PATTERN = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('a', 'b', '[ab]', '[^c]', 'ab', '.'),
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => a + b),
    fc.tuple(tie('part'), fc.constantFrom('*', '+', '?', '{2}', '{0,3}', '{1,200}')).map(([a, q]) => `(?:${a})${q}`),
  ),
})).part;

const MATCHERS = new Map<string, (character: string) => boolean>();

function matches(atom: string, character: string): boolean {
  const known = MATCHERS.get(atom) ?? matcherOf(atom);
  MATCHERS.set(atom, known);
  return known(character);
}

/** Matches as a backtracking engine does, greedily and from the left, and returns how many characters it compared. */
function stepsOf(pattern: Pattern, text: string): number {
  let steps = 0;
  const match = (part: Pattern, at: number, then: (at: number) => boolean): boolean => {
    switch (part.type) {
      case 'atom':
        steps++;
        return at < text.length && matches(part.text, text[at] ?? '') && then(at + 1);
      case 'choice':
        return part.parts.some((one) => match(one, at, then));
      case 'sequence':
        return part.parts.reduceRight<(at: number) => boolean>(
          (rest, one) => (from) => match(one, from, rest),
          then,
        )(at);
      case 'repeat': {
        const repeat = (count: number, from: number): boolean =>
          (count < part.max && match(part.part, from, (to) => repeat(count + 1, to))) ||
          (count >= part.min && then(from));
        return repeat(0, at);
      }
    }
  };
  match(pattern, 0, (at) => at === text.length);
  return steps;
}
