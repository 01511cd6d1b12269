import type { FormatReader } from '../format-reader.ts';
import type { RecordAssembler } from '../record-assembler.ts';
import { LineSplitter } from '../split-lines.ts';

const NUL = 0x00;
const ESCAPE = 0x1b;

/** Reads a file of lines. Every line is kept: as a record, as a part of one, or raw. */
export class LineReader implements FormatReader {
  readonly #lines: LineSplitter;
  readonly #assembler: RecordAssembler;
  /** Whether the bytes so far have neither NUL nor escape: looking for them in each line costs more. */
  #isPlain = true;

  constructor(assembler: RecordAssembler) {
    this.#assembler = assembler;
    this.#lines = new LineSplitter((text, _end, truncatedBytes) => assembler.take(text, truncatedBytes, this.#isPlain));
  }

  write(piece: Buffer): void {
    this.#isPlain &&= !piece.includes(NUL) && !piece.includes(ESCAPE);
    this.#lines.write(piece);
  }

  beginFile(): void {
    this.#assembler.end();
  }

  end(): void {
    this.#lines.end();
    this.#assembler.end();
  }
}
