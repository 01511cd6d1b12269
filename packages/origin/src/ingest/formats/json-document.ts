import { BoundedText } from '../bounded-text.ts';
import type { FormatReader } from '../format-reader.ts';
import { type JsonKind, type JsonListener, JsonScanner } from '../json-scanner.ts';
import type { RecordsPlace } from '../json-survey.ts';
import type { BatchParser } from '../line-format.ts';
import type { RecordSink } from '../record-sink.ts';

/**
 * Reads each value at a place of a JSON document as a record, or as the log records of an OTLP export. The document was
 * surveyed before and is valid. A value longer than the longest record is kept as raw text, cut at the limit.
 */
export class JsonDocumentReader implements FormatReader, JsonListener {
  readonly #scanner = new JsonScanner(this);
  readonly #text = new BoundedText();
  readonly #place: RecordsPlace;
  readonly #parse: BatchParser;
  readonly #sink: RecordSink;
  #member = -1;
  #piece: Buffer = Buffer.alloc(0);
  /** Offset in the piece where the open record begins; null outside records. */
  #startsAt: number | null = null;

  constructor(place: RecordsPlace, parse: BatchParser, sink: RecordSink) {
    this.#place = place;
    this.#parse = parse;
    this.#sink = sink;
  }

  write(piece: Buffer): void {
    this.#piece = piece;
    this.#scanner.write(piece);
    if (this.#startsAt === null) return;
    this.#text.add(piece, this.#startsAt, piece.length);
    this.#startsAt = 0;
  }

  end(): void {
    this.#piece = Buffer.alloc(0);
    this.#scanner.end();
  }

  valueStarts(depth: number, _kind: JsonKind, at: number): void {
    if (depth === 1) this.#member++;
    if (this.#isRecord(depth)) this.#startsAt = at;
  }

  valueEnds(depth: number, at: number): void {
    if (this.#startsAt === null || !this.#isRecord(depth)) return;
    this.#text.add(this.#piece, this.#startsAt, at);
    this.#startsAt = null;
    const { text, truncatedBytes } = this.#text.take();
    const records = truncatedBytes > 0 ? null : this.#parse(text);
    if (records === null) this.#sink.raw(text, truncatedBytes);
    else for (const record of records) this.#sink.parsed(record);
  }

  #isRecord(depth: number): boolean {
    switch (this.#place.kind) {
      case 'document':
        return depth === 0;
      case 'elements':
        return depth === 1;
      case 'member':
        return depth === 2 && this.#member === this.#place.index;
    }
  }
}
