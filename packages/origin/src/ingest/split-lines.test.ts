import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from './limits.ts';
import { LineSplitter } from './split-lines.ts';

function split(pieces: readonly Buffer[]): [text: string, end: string, truncatedBytes: number][] {
  const lines: [string, string, number][] = [];
  const splitter = new LineSplitter((...line) => lines.push(line));
  for (const piece of pieces) splitter.write(piece);
  splitter.end();
  return lines;
}

/** Bytes with many line ends and broken characters, cut anywhere. */
const pieces = fc.array(
  fc.array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xe2, 0xf0), fc.nat(255)), { maxLength: 20 }),
  { maxLength: 8 },
);

describe('splitting lines', () => {
  test('lines end at LF, CRLF and CR, and a non-empty rest is a line', () => {
    const texts = (text: string) => split([Buffer.from(text)]).map(([line]) => line);
    expect(texts('a\nb\r\nc\rd')).toEqual(['a', 'b', 'c', 'd']);
    expect(texts('a\n')).toEqual(['a']);
    expect(texts('a\r')).toEqual(['a']);
    expect(texts('\n\r\n\r')).toEqual(['', '', '']);
    expect(texts('a\n\nb')).toEqual(['a', '', 'b']);
    expect(texts('')).toEqual([]);
  });

  test('bytes in any cut give the same lines as splitting their text', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const expected = Buffer.from(parts.flat())
          .toString('utf8')
          .split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        expect(split(parts.map((part) => Buffer.from(part))).map(([text]) => text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('a line longer than the longest record is cut at a character and reports the dropped bytes', () => {
    const line = Buffer.from(`x${'é'.repeat(MAX_RECORD_BYTES)}`);
    for (const pieceBytes of [line.length, 1_000, 65_536]) {
      const cut: Buffer[] = [];
      for (let at = 0; at < line.length; at += pieceBytes) cut.push(line.subarray(at, at + pieceBytes));
      const [first, second] = split([...cut, Buffer.from('\nnext')]);
      expect(Buffer.byteLength(first?.[0] ?? '')).toBe(MAX_RECORD_BYTES - 1);
      expect(first?.[2]).toBe(line.length - MAX_RECORD_BYTES + 1);
      expect(second).toEqual(['next', '', 0]);
    }
  });

  test('invalid UTF-8 never makes a record longer than the maximum', () => {
    const [line] = split([Buffer.alloc(MAX_RECORD_BYTES, 0xff)]);
    expect(Buffer.byteLength(line?.[0] ?? '')).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(line?.[2]).toBeGreaterThan(0);
  });

  test('a line of exactly the maximum length is whole', () => {
    const [line] = split([Buffer.alloc(MAX_RECORD_BYTES, 0x61)]);
    expect([line?.[0].length, line?.[2]]).toEqual([MAX_RECORD_BYTES, 0]);
  });
});
