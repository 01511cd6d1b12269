import { BoundedText } from '../bounded-text.ts';
import type { FileTimes } from '../file-times.ts';
import type { FormatReader } from '../format-reader.ts';
import { MAX_RECORD_BYTES } from '../limits.ts';
import type { RecordSink } from '../record-sink.ts';
import { beginsAsOtlp, OtlpDocumentReader } from './otlp-document.ts';

const LF = 0x0a;

/**
 * Reads lines of which each is an OTLP export. A line longer than the longest record is read a log record at a time, and
 * every other line as lines are. A long line that is not valid has the log records before its fault, and its beginning is
 * kept as raw text.
 */
export class OtlpLinesReader implements FormatReader {
  readonly #lines: FormatReader;
  readonly #times: FileTimes;
  readonly #sink: RecordSink;
  /** The beginning of a line, while it may be a short one. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The reader of the open line; null until the line is long. */
  #open: FormatReader | null = null;

  /** @param lines Takes the lines that are not long. */
  constructor(lines: FormatReader, times: FileTimes, sink: RecordSink) {
    this.#lines = lines;
    this.#times = times;
    this.#sink = sink;
  }

  write(piece: Buffer): void {
    let at = 0;
    for (let end = piece.indexOf(LF); end !== -1; end = piece.indexOf(LF, at)) {
      this.#add(piece.subarray(at, end + 1));
      this.#endLine();
      at = end + 1;
    }
    this.#add(piece.subarray(at));
  }

  end(): void {
    this.#endLine();
    this.#lines.end();
  }

  #add(part: Buffer): void {
    if (this.#open !== null) {
      this.#open.write(part);
      return;
    }
    this.#held.push(Buffer.from(part));
    this.#heldBytes += part.length;
    if (this.#heldBytes <= MAX_RECORD_BYTES) return;
    const head = this.#takeHeld();
    const isExport = beginsAsOtlp(head);
    if (isExport) this.#lines.beginFile?.(0);
    this.#open = isExport ? new LongLine(this.#times, this.#sink) : this.#lines;
    this.#open.write(head);
  }

  #endLine(): void {
    if (this.#open === null) this.#lines.write(this.#takeHeld());
    else if (this.#open !== this.#lines) this.#open.end();
    this.#open = null;
  }

  #takeHeld(): Buffer {
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }
}

/** One line. Its records have numbers of their own, and the line counts once. */
class LongLine implements FormatReader {
  readonly #sink: RecordSink;
  readonly #export: OtlpDocumentReader;
  readonly #beginning = new BoundedText();

  constructor(times: FileTimes, sink: RecordSink) {
    this.#sink = sink;
    this.#export = new OtlpDocumentReader(times, sink);
    sink.beginLine('otlp-json');
  }

  write(part: Buffer): void {
    this.#beginning.add(part, 0, part.length);
    this.#export.write(part);
  }

  end(): void {
    const { text, truncatedBytes } = this.#beginning.take();
    if (!this.#export.endExport()) this.#sink.raw(text, truncatedBytes);
    this.#sink.endLine();
  }
}
