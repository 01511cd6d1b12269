import { isAscii, isUtf8 } from 'node:buffer';
import { decodeEightBit } from './eight-bit.ts';
import type { SeenEncodings } from './encodings.ts';
import { wholeCharacters } from './utf16.ts';

/** A line beyond this length is decoded in parts of this length. */
export const UNIT_BYTES = 64 * 1024;

const LF = 0x0a;
export const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MARK_IN_LINES = Buffer.from([LF, ...UTF8_MARK]);

/** Decodes lines in 8 bits, each in its own encoding: several programs may write one file. */
export class EightBitLines {
  readonly #encodings: SeenEncodings;
  #hasShownUtf8 = false;

  constructor(encodings: SeenEncodings) {
    this.#encodings = encodings;
  }

  /** Returns whole lines, or a part of a line, in UTF-8 and without byte order marks after line ends. */
  decode(lines: Buffer): Buffer[] {
    if (isUtf8(lines)) {
      this.#noteUtf8(lines);
      return withoutMarks(lines);
    }
    const decoded: Buffer[] = [];
    for (let at = 0; at < lines.length; ) {
      const lf = lines.indexOf(LF, at);
      const unit = unitAt(lines, at, lf === -1 ? lines.length : lf + 1);
      decoded.push(this.#line(unit));
      at += unit.length;
    }
    return decoded.length === 1 ? decoded : withoutMarks(Buffer.concat(decoded));
  }

  #line(line: Buffer): Buffer {
    if (isUtf8(line)) {
      this.#noteUtf8(line);
      return line;
    }
    const { text, encoding } = decodeEightBit(line, this.#hasShownUtf8);
    this.#encodings.add(encoding);
    if (encoding === 'utf-8') this.#hasShownUtf8 = true;
    return text;
  }

  #noteUtf8(text: Buffer): void {
    if (this.#hasShownUtf8) return;
    this.#hasShownUtf8 = !isAscii(text);
    this.#encodings.add(this.#hasShownUtf8 ? 'utf-8' : 'ascii');
  }
}

/** Returns the line from `at`, or its first part if it is longer than a unit. */
export function unitAt(bytes: Buffer, at: number, end: number): Buffer {
  return end - at <= UNIT_BYTES ? bytes.subarray(at, end) : wholeCharacters(bytes.subarray(at, at + UNIT_BYTES));
}

function withoutMarks(lines: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (let mark = lines.indexOf(MARK_IN_LINES); mark !== -1; mark = lines.indexOf(MARK_IN_LINES, at)) {
    parts.push(lines.subarray(at, mark + 1));
    at = mark + MARK_IN_LINES.length;
  }
  parts.push(lines.subarray(at));
  return parts;
}
