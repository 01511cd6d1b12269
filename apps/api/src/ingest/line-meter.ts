import { LineTooLong } from '../errors.ts';

/** Longer than any record that is kept as a whole. */
export const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Counts the lines of a body that are not empty. */
export class LineMeter {
  #lines = 0;
  #lineBytes = 0;
  #last = LINE_FEED;

  /** The lines that have ended. */
  get lines(): number {
    return this.#lines;
  }

  /** Whether the bytes so far end with the end of a line. */
  get isAtEnd(): boolean {
    return this.#last === LINE_FEED;
  }

  /** Throws `LineTooLong`. */
  add(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      this.#grow(end - start);
      const before = end === 0 ? this.#last : bytes[end - 1];
      if (this.#lineBytes > (before === CARRIAGE_RETURN ? 1 : 0)) this.#lines += 1;
      this.#lineBytes = 0;
      start = end + 1;
    }
    this.#grow(bytes.length - start);
    this.#last = bytes.at(-1) ?? this.#last;
  }

  #grow(bytes: number): void {
    this.#lineBytes += bytes;
    if (this.#lineBytes > MAX_LINE_BYTES) throw new LineTooLong(MAX_LINE_BYTES);
  }
}
