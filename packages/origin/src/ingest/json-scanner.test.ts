import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonScanner } from './json-scanner.ts';

function scan(bytes: Buffer, pieceBytes = bytes.length || 1): { valid: boolean; values: string[] } {
  const values: string[] = [];
  const starts: number[] = [];
  let pieceAt = 0;
  const scanner = new JsonScanner({
    valueStarts: (depth, _kind, at) => {
      starts[depth] = pieceAt + at;
    },
    valueEnds: (depth, at) => {
      values.push(`${depth}:${bytes.toString('utf8', starts[depth], pieceAt + at)}`);
    },
  });
  for (; pieceAt < bytes.length; pieceAt += pieceBytes) scanner.write(bytes.subarray(pieceAt, pieceAt + pieceBytes));
  pieceAt = bytes.length;
  return { valid: scanner.end(), values };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const tokens = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u00e9',
  '\\n',
  'a',
  ' ',
  '\n',
  '\t',
  '0',
  '1',
  '12',
  '-',
  '+',
  '.',
  'e',
  'E',
  'true',
  'false',
  'null',
  'tru',
  '"a"',
  '"a":',
  '"": 1',
  '{}',
  '[]',
  '\u0001',
  'é',
  '😀',
  '1e5',
  '0.5',
  '-0',
);
/** Valid JSON, valid JSON with one changed character, and text that resembles JSON. */
const nearJson = fc.oneof(
  fc.json(),
  fc.tuple(fc.json(), fc.nat(), tokens).map(([text, at, token]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + token + text.slice(cut + 1);
  }),
  fc.array(tokens, { maxLength: 12 }).map((parts) => parts.join('')),
);

describe('the JSON scanner', () => {
  test('accepts exactly what JSON.parse accepts, for any cut of the bytes', () => {
    fc.assert(
      fc.property(nearJson, fc.integer({ min: 1, max: 7 }), (text, pieceBytes) => {
        const bytes = Buffer.from(text.toWellFormed());
        expect({ text, valid: scan(bytes, pieceBytes).valid }).toEqual({ text, valid: isJson(text.toWellFormed()) });
      }),
      { numRuns: 3_000 },
    );
  });

  test('reports where the values of the outer levels begin and end', () => {
    const { values } = scan(Buffer.from(' [ 12, {"a": [1,[2]]} ,"é"] '), 3);
    expect(values).toEqual(['1:12', '2:[1,[2]]', '1:{"a": [1,[2]]}', '1:"é"', '0:[ 12, {"a": [1,[2]]} ,"é"]']);
  });

  test('survives depth: a hundred thousand nested arrays are valid, a hundred million are rejected', () => {
    expect(scan(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))).valid).toBe(true);
    const scanner = new JsonScanner({ valueStarts: () => undefined, valueEnds: () => undefined });
    const piece = Buffer.alloc(1_000_000, '[');
    for (let pieces = 0; pieces < 100; pieces++) scanner.write(piece);
    expect(scanner.failed).toBe(true);
  });
});
