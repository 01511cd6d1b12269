import { EightBitLines, UTF8_MARK, unitAt } from './eight-bit-lines.ts';
import type { SeenEncodings, Utf16 } from './encodings.ts';
import { endOfNuls, lineExtent } from './line-extent.ts';
import { endsUtf16, LEAVE_BYTES, utf16Order, WINDOW_BYTES } from './utf16.ts';

/** Counts and encodings of a file that has been decoded. */
export interface Found {
  readonly encodings: SeenEncodings;
  droppedNulBytes: number;
}

const LF = 0x0a;
const LINE_END = Buffer.from('\n');
const EMPTY = Buffer.alloc(0);
const NUL = Buffer.alloc(1);
const UTF16_MARKS = { 'utf-16le': Buffer.from([0xff, 0xfe]), 'utf-16be': Buffer.from([0xfe, 0xff]) } as const;
const MARKED_LINES = Object.values(UTF16_MARKS).map((mark) => Buffer.concat([LINE_END, mark]));

/**
 * Recodes a file to UTF-8 without byte order marks. Each line is read in its own encoding: a line may begin UTF-16, with
 * a mark or without, and UTF-16 ends after a line. NULs at the start of a line, and runs of them inside a line, are
 * padding: they are dropped and counted. Holds at most one unit of a line. The cut of the bytes into pieces does not
 * change the result.
 */
export class Recoder {
  readonly #found: Found;
  readonly #lines: EightBitLines;
  readonly #isEightBit: boolean;
  #bytes: Buffer = EMPTY;
  #at = 0;
  #isEnded = false;
  #output: Buffer[] = [];
  #isLineStart = true;
  /** NULs before the line that begins here. */
  #nulBytes = 0;
  #utf16: { order: Utf16; decoder: TextDecoder } | null = null;
  /** Making a decoder takes longer than decoding a line. */
  readonly #decoders = new Map<Utf16, TextDecoder>();

  /**
   * @param order the byte order of a file that is known to be UTF-16
   * @param options `isEightBit`: no line begins UTF-16
   */
  constructor(found: Found, order: Utf16 | null, { isEightBit = false } = {}) {
    this.#found = found;
    this.#isEightBit = isEightBit;
    this.#lines = new EightBitLines(found.encodings);
    if (order !== null) this.#enterUtf16(order);
  }

  write(piece: Buffer): Buffer[] {
    const held = this.#bytes.subarray(this.#at);
    this.#bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
    this.#at = 0;
    return this.#read();
  }

  end(): Buffer[] {
    this.#isEnded = true;
    return this.#read();
  }

  #read(): Buffer[] {
    while (this.#utf16 === null ? this.#readEightBit() : this.#readUtf16(this.#utf16)) {
      // Each call reads some lines.
    }
    if (this.#isEnded) this.#finish();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #finish(): void {
    this.#found.droppedNulBytes += this.#nulBytes;
    this.#nulBytes = 0;
    if (this.#utf16 !== null) this.#leaveUtf16(this.#utf16.decoder, EMPTY);
  }

  /** Returns whether it has read something, so that more may be possible. */
  #readEightBit(): boolean {
    const bytes = this.#bytes;
    if (this.#at >= bytes.length) return false;
    if (this.#isLineStart) {
      const nulEnd = endOfNuls(bytes, this.#at, bytes.length);
      this.#nulBytes += nulEnd - this.#at;
      this.#at = nulEnd;
      if (nulEnd === bytes.length || (bytes.length - nulEnd < WINDOW_BYTES && !this.#isEnded)) return false;
      if (this.#startLine()) return true;
    }
    return this.#readWholeLines() || this.#readOddLine();
  }

  /** Decides the encoding of the line that begins here. Returns true if it is not known to be in 8 bits. */
  #startLine(): boolean {
    const window = this.#bytes.subarray(this.#at, this.#at + WINDOW_BYTES);
    if (!this.#isEightBit && this.#startUtf16(window)) return true;
    this.#dropNuls();
    this.#isLineStart = false;
    if (startsWith(window, UTF8_MARK)) this.#at += UTF8_MARK.length;
    return false;
  }

  #startUtf16(window: Buffer): boolean {
    // The last NUL may be the high byte of the first character.
    if (this.#nulBytes % 2 === 1 && utf16Order(Buffer.concat([NUL, window])) === 'utf-16be') return this.#takeBackNul();
    const marked = (['utf-16le', 'utf-16be'] as const).find((order) => startsWith(window, UTF16_MARKS[order]));
    if (marked !== undefined) this.#at += UTF16_MARKS[marked].length;
    const order = marked ?? utf16Order(window);
    return order !== null && this.#enterUtf16(order);
  }

  #takeBackNul(): true {
    this.#nulBytes--;
    if (this.#at > 0) this.#at--;
    else this.#bytes = Buffer.concat([NUL, this.#bytes]);
    return this.#enterUtf16('utf-16be');
  }

  /** Reads the rest of the line and all whole lines up to the first that holds a NUL or begins with a mark of UTF-16. */
  #readWholeLines(): boolean {
    const nul = this.#bytes.indexOf(0, this.#at);
    const limit = nul === -1 ? this.#bytes.length : nul;
    if (limit === this.#at) return false;
    const lines = this.#bytes.subarray(this.#at, limit);
    let length = lines.lastIndexOf(LF) + 1;
    if (length === 0) return false;
    // A blank line before a NUL may be the first of UTF-16.
    if (length === limit - this.#at && limit === nul && lines.at(length - 2) === LF && length > 1) length--;
    for (const mark of MARKED_LINES) {
      const found = lines.subarray(0, length).indexOf(mark);
      if (found !== -1) length = found + 1;
    }
    this.#output.push(...this.#lines.decode(lines.subarray(0, length)));
    this.#at += length;
    this.#isLineStart = true;
    return true;
  }

  /** Reads a line that holds NULs, or a part of a line that is long or has no end. */
  #readOddLine(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const extent = lineExtent(this.#bytes, this.#at, this.#isEnded);
    if (extent === null) return false;
    const text = unitAt(this.#bytes, this.#at, extent.end);
    if (text.length > 0) this.#output.push(...this.#lines.decode(text));
    this.#at += text.length;
    this.#isLineStart = extent.kind !== 'part';
    if (extent.kind !== 'padding') return true;
    this.#output.push(LINE_END);
    this.#nulBytes = extent.nulBytes;
    this.#at += extent.nulBytes;
    return true;
  }

  #readUtf16({ order, decoder }: { order: Utf16; decoder: TextDecoder }): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const end = start + ((bytes.length - start) & ~1);
    for (let lf = lineEndAt(bytes, start, end, order); lf !== -1; lf = lineEndAt(bytes, lf + 2, end, order)) {
      const next = lf + 2;
      if (bytes.length - next < LEAVE_BYTES && !this.#isEnded) return this.#decodeUtf16(decoder, lf);
      if (endsUtf16(bytes.subarray(next, next + LEAVE_BYTES))) {
        this.#leaveUtf16(decoder, bytes.subarray(start, next));
        this.#at = next;
        return true;
      }
    }
    return this.#decodeUtf16(decoder, this.#isEnded ? bytes.length : end);
  }

  #decodeUtf16(decoder: TextDecoder, end: number): boolean {
    if (end === this.#at) return false;
    this.#output.push(Buffer.from(decoder.decode(this.#bytes.subarray(this.#at, end), { stream: true })));
    this.#at = end;
    return true;
  }

  #enterUtf16(order: Utf16): true {
    this.#dropNuls();
    this.#found.encodings.add(order);
    const decoder = this.#decoders.get(order) ?? new TextDecoder(order, { ignoreBOM: true });
    this.#decoders.set(order, decoder);
    this.#utf16 = { order, decoder };
    return true;
  }

  #leaveUtf16(decoder: TextDecoder, last: Buffer): void {
    this.#output.push(Buffer.from(decoder.decode(last)));
    this.#utf16 = null;
    this.#isLineStart = true;
  }

  #dropNuls(): void {
    this.#found.droppedNulBytes += this.#nulBytes;
    this.#nulBytes = 0;
  }
}

function startsWith(bytes: Buffer, mark: Buffer): boolean {
  return bytes.subarray(0, mark.length).equals(mark);
}

/** Returns the place of the first line feed in UTF-16 from `start`, which is the place of a unit; -1 if there is none. */
function lineEndAt(bytes: Buffer, start: number, end: number, order: Utf16): number {
  const low = order === 'utf-16le' ? 0 : 1;
  for (let lf = bytes.indexOf(LF, start); lf !== -1 && lf < end; lf = bytes.indexOf(LF, lf + 1)) {
    if ((lf - start) % 2 === low && bytes[lf + 1 - 2 * low] === 0) return lf - low;
  }
  return -1;
}
