import { BoundedText } from './bounded-text.ts';
import { MAX_RECORD_BYTES } from './limits.ts';

export type LineEnd = '\n' | '\r\n' | '\r' | '';

/** Receives one line. `truncatedBytes` counts the bytes dropped beyond the longest record. */
export type TakeLine = (text: string, end: LineEnd, truncatedBytes: number) => void;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits UTF-8 bytes into lines at LF, CRLF and CR, for any cut of the bytes into pieces. The text after the last line
 * end is a line unless it is empty. Holds at most `MAX_RECORD_BYTES` of a line.
 */
export class LineSplitter {
  readonly #take: TakeLine;
  readonly #held = new BoundedText();
  /** The piece before ended in CR, which may be half of a CRLF; the next piece decides. */
  #carriedCr = false;

  constructor(take: TakeLine) {
    this.#take = take;
  }

  write(piece: Buffer): void {
    if (piece.length === 0) return;
    let bytes = this.#carriedCr ? Buffer.concat([Buffer.of(CR), piece]) : piece;
    this.#carriedCr = bytes[bytes.length - 1] === CR;
    if (this.#carriedCr) bytes = bytes.subarray(0, -1);
    this.#split(bytes);
  }

  /** Ends the input and emits the last line. */
  end(): void {
    if (this.#carriedCr) this.#line(Buffer.of(), 0, 0, '\r');
    else if (!this.#held.isEmpty) this.#line(Buffer.of(), 0, 0, '');
    this.#carriedCr = false;
  }

  #split(bytes: Buffer): void {
    let start = 0;
    let lf = bytes.indexOf(LF);
    let cr = bytes.indexOf(CR);
    while (lf !== -1 || cr !== -1) {
      if (cr === -1 || (lf !== -1 && lf < cr)) {
        this.#line(bytes, start, lf, '\n');
        start = lf + 1;
        lf = bytes.indexOf(LF, start);
        continue;
      }
      const end = bytes[cr + 1] === LF ? '\r\n' : '\r';
      this.#line(bytes, start, cr, end);
      start = cr + end.length;
      if (end === '\r\n') lf = bytes.indexOf(LF, start);
      cr = bytes.indexOf(CR, start);
    }
    if (start < bytes.length) this.#held.add(bytes, start, bytes.length);
  }

  #line(bytes: Buffer, start: number, end: number, lineEnd: LineEnd): void {
    if (this.#held.isEmpty && end - start <= MAX_RECORD_BYTES / 3) {
      this.#take(bytes.toString('utf8', start, end), lineEnd, 0);
      return;
    }
    this.#held.add(bytes, start, end);
    const { text, truncatedBytes } = this.#held.take();
    this.#take(text, lineEnd, truncatedBytes);
  }
}
