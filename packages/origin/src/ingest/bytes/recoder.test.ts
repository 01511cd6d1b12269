import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOf } from './encodings.ts';
import { type Found, Recoder } from './recoder.ts';

const NO_NUL = { unit: 'binary' } as const;
const line = fc.string({ ...NO_NUL, maxLength: 40 }).map((text) => text.replaceAll('\0', '').replaceAll('\ufeff', ''));
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.map((text) => `${text}\n`).join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });

const ENCODERS = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(text, 'utf16le').swap16(),
} as const;
type Name = keyof typeof ENCODERS;
const NAMES = ['utf-8', 'utf-16le', 'utf-16be'] as const;

/** Lines that show their encoding: most characters are ASCII. */
const logLine = fc
  .tuple(
    fc.constantFrom('INFO', 'ERROR'),
    fc.string({ unit: fc.constantFrom('a', 'ö', '…', '接', '😀'), maxLength: 20 }),
  )
  .map(([level, text]) => `2026-03-01 10:00:00 ${level} cart: ${text} ok\r\n`);

const isTurn = (before: Name | undefined, name: Name) =>
  before !== undefined && before !== 'utf-8' && name !== 'utf-8' && before !== name;

function recode(bytes: Buffer, sizes: readonly number[] = [bytes.length || 1]) {
  const found: Found = { encodings: new Set(), droppedNulBytes: 0 };
  const recoder = new Recoder(found, null);
  const output: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    output.push(...recoder.write(bytes.subarray(at, at + size)));
    at += size;
  }
  output.push(...recoder.end());
  return { text: Buffer.concat(output).toString(), encoding: nameOf(found.encodings), nuls: found.droppedNulBytes };
}

describe('recoding to UTF-8', () => {
  test.each(NAMES)('any text in %s with a mark is the same text, for any cut', (name) => {
    fc.assert(
      fc.property(lines, cuts, (text, sizes) => {
        const bytes = ENCODERS[name](`\ufeff${text}`);
        // Only what follows a line could be another encoding.
        fc.pre(name === 'utf-8' || !text.includes('\n') || text.indexOf('\n') === text.length - 1);
        expect(recode(bytes, sizes).text).toBe(text.toWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  test('any text in UTF-8 is the same bytes, for any cut', () => {
    fc.assert(
      fc.property(lines, cuts, (text, sizes) => {
        const bytes = Buffer.from(text);
        expect(recode(bytes, sizes)).toEqual({ text: bytes.toString(), encoding: 'utf-8', nuls: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  test('any sequence of lines in several encodings is read, for any cut', () => {
    const part = fc.tuple(fc.constantFrom(...NAMES), fc.boolean(), fc.array(logLine, { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), cuts, (parts, sizes) => {
        // The byte order cannot change without a mark.
        fc.pre(parts.every(([name, isMarked], at) => isMarked || !isTurn(parts[at - 1]?.[0], name)));
        const bytes = parts.map(([name, isMarked, all]) => ENCODERS[name]((isMarked ? '\ufeff' : '') + all.join('')));
        const text = parts.flatMap(([, , all]) => all).join('');
        expect(recode(Buffer.concat(bytes), sizes).text).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the cut of any bytes never changes the result', () => {
    const some = fc.oneof(
      fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array)),
      fc
        .array(fc.constantFrom('a', '\n', '\r\n', '\0', '\0\0', '2026', 'ö', '\ufeff', '\u0100'), { maxLength: 300 })
        .chain((all) => fc.constantFrom(...NAMES.map((name: Name) => ENCODERS[name](all.join(''))))),
      fc
        .array(fc.constantFrom('a\n', '\n', '\xe9', 'caf\xc3', '\xc3\xa9', '\xff\xfe', '\0'.repeat(70), '\xf6'))
        .map((all) => Buffer.from(all.join(''), 'latin1')),
    );
    fc.assert(
      fc.property(some, cuts, (bytes, sizes) => {
        expect(recode(bytes, sizes)).toEqual(recode(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
