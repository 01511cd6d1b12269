import type { FormatReader } from '../format-reader.ts';
import type { RecordAssembler } from '../record-assembler.ts';
import { LineSplitter } from '../split-lines.ts';

/** Reads a file of lines. Every line is kept: as a record, as a part of one, or raw. */
export class LineReader implements FormatReader {
  readonly #lines: LineSplitter;
  readonly #assembler: RecordAssembler;

  constructor(assembler: RecordAssembler) {
    this.#assembler = assembler;
    this.#lines = new LineSplitter((text, _end, truncatedBytes) => assembler.take(text, truncatedBytes));
  }

  write(piece: Buffer): void {
    this.#lines.write(piece);
  }

  endFile(): void {
    this.#assembler.end();
  }

  end(): void {
    this.#lines.end();
    this.#assembler.end();
  }
}
