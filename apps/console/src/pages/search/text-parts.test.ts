import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptOf, type Part, partsOf } from './text-parts.ts';

const textOf = (parts: readonly Part[]) => parts.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join('');
const named = (text: string) =>
  partsOf(text).flatMap(({ pieces }) => pieces.flatMap((piece) => (piece.kind === 'control' ? [piece.name] : [])));

test('matches are parts of their own', () => {
  expect(
    partsOf('a disk full', [
      [2, 6],
      [7, 11],
    ]).map((part) => [textOf([part]), part.isMatch]),
  ).toEqual([
    ['a ', false],
    ['disk', true],
    [' ', false],
    ['full', true],
  ]);
});

test.for([
  ['\u001b[31mred\u001b[0m\u0007', 'ESC ESC BEL'],
  ['admin\u202egnp\u202c \u2066x\u2069 \u200f\u061c', 'U+202E U+202C U+2066 U+2069 U+200F U+061C'],
  ['a\0b\tc\r\n\u007f\u0085', 'NUL TAB CR LF DEL U+0085'],
  ['zero\u200bwidth\ufeff \u{e0041}', 'U+200B U+FEFF U+E0041'],
  ['<b>&amp;</b> é 日本 👩\u200d👧 می\u200cخواهم', ''],
] as const)('control characters of %j have names', ([text, names]) => {
  expect(named(text).join(' ')).toBe(names);
});

const text = fc.string({ unit: 'binary', maxLength: 200, size: 'max' });
const ranges = fc
  .uniqueArray(fc.nat(220), { maxLength: 8 })
  .map((offsets) => offsets.toSorted((a, b) => a - b))
  .map((sorted) => sorted.slice(0, -1).flatMap((start, i) => (i % 2 === 0 ? [[start, sorted[i + 1] ?? start]] : [])));

test('no character is lost or repeated', () => {
  fc.assert(
    fc.property(text, ranges, (any, highlight) => {
      expect(textOf(partsOf(any, highlight))).toBe(any);
    }),
  );
});

test('an excerpt is a whole part of the text with its matches', () => {
  fc.assert(
    fc.property(text, ranges, fc.integer({ min: 100, max: 150 }), (any, highlight, max) => {
      const { text: shown, highlight: kept, before, after } = excerptOf(any, highlight, max);
      expect(any.slice(before, any.length - after)).toBe(shown);
      expect(shown.length).toBeLessThanOrEqual(max + 1);
      if (any.isWellFormed()) expect(shown.isWellFormed()).toBe(true);
      for (const [start = 0, end = 0] of kept) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(shown.length);
      }
    }),
  );
});

test('an excerpt of a long line shows its first match', () => {
  const line = `${'x'.repeat(5_000)} disk ${'y'.repeat(5_000)}`;
  const { text: shown, highlight, before, after } = excerptOf(line, [[5_001, 5_005]], 400);
  expect(shown.slice(...(highlight[0] as [number, number]))).toBe('disk');
  expect([before, shown.length, after]).toEqual([4_921, 400, 4_685]);
});
