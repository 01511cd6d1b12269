import type { FormatCount } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import type { TextSummary } from './bytes/read-text.ts';
import { TooManyRecords } from './errors.ts';
import { MAX_LISTED_FORMATS } from './limits.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';

export interface IngestSummary extends TextSummary {
  /** The format of most records; that of the whole file if it is a table or one JSON document. Set at the end. */
  format: string;
  /** The formats of the records, those with the most first, at most `MAX_LISTED_FORMATS`. Set at the end. */
  formats: FormatCount[];
  /** Number of lines of the file, including headers and continuations. In tables and JSON documents, of records. */
  lines: number;
  records: number;
  /** Number of ERROR and FATAL records. */
  errors: number;
  /** Number of records that no format knew; they are kept raw with level UNKNOWN. */
  unparsed: number;
  /** Number of records cut at `MAX_RECORD_BYTES`; each has the number of dropped bytes in `fields.truncated_bytes`. */
  truncated: number;
  yearInferred: boolean;
}

/** How a record was read. */
export interface Reception {
  /** The format's name, `text` if no format knows the record. */
  readonly name: string;
  readonly isKnown: boolean;
  readonly truncatedBytes: number;
}

/** Receives the records of format readers, counts them, and keeps them until they are taken. */
export class RecordSink {
  readonly summary: IngestSummary;
  /** The file in the archive that the next records come from; null if the upload is not an archive. */
  member: string | null = null;
  readonly #maxRecords: number;
  readonly #counts = new Map<string, number>();
  /** The format of the latest record, and how many of its records are not in `#counts` yet. */
  #name = 'text';
  #nameCount = 0;
  /** The format of the rows or values that are added next, whose reader is chosen by the file's beginning. */
  numberedFormat: string | null = null;
  /** The format of the line whose values are added; null outside of such a line. */
  #lineFormat: string | null = null;
  /** Number of raw records that may be of any format, because their line is cut. */
  #cut = 0;
  #waiting: LogRecord[] = [];
  /** Number of the latest line, row or value. */
  #number = 0;

  constructor(summary: IngestSummary, maxRecords: number) {
    this.summary = summary;
    this.#maxRecords = maxRecords;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Counts a line of the file and returns its number. */
  countLine(): number {
    this.summary.lines++;
    return this.nextNumber();
  }

  /** Returns the number of a further record. The readers of an archive share the numbers. */
  nextNumber(): number {
    return ++this.#number;
  }

  /** The next values are those of one line of a format, which counts once. */
  beginLine(format: string): void {
    this.summary.lines++;
    this.#lineFormat = format;
  }

  /** The line of values ends. */
  endLine(): void {
    this.#lineFormat = null;
  }

  /** Adds a record of lines, with its `line` and `lineEnd`. Throws `TooManyRecords`. */
  add(record: LogRecord, { name, isKnown, truncatedBytes }: Reception): void {
    const { summary } = this;
    if (summary.records >= this.#maxRecords) throw new TooManyRecords(this.#maxRecords);
    summary.records++;
    if (!isKnown) summary.unparsed++;
    if (record.level === 'ERROR' || record.level === 'FATAL') summary.errors++;
    if (truncatedBytes > 0) {
      summary.truncated++;
      if (!isKnown) this.#cut++;
      record.fields['truncated_bytes'] = truncatedBytes;
    }
    if (this.member !== null && !('member' in record.fields)) record.fields['member'] = this.member;
    if (name !== this.#name) this.#noteCount(name);
    this.#nameCount++;
    this.#waiting.push(record);
  }

  /** Adds a row or value that a parser knew, and numbers it. Throws `TooManyRecords`. */
  parsed(record: LogRecord, truncatedBytes = 0): void {
    this.#addNumbered(record, true, truncatedBytes);
  }

  /** Adds a row or value that no parser knew, unchanged. Throws `TooManyRecords`. */
  raw(text: string, truncatedBytes = 0): void {
    this.#addNumbered(recordOf({ message: storableText(text) }), false, truncatedBytes);
  }

  #addNumbered(record: LogRecord, isKnown: boolean, truncatedBytes: number): void {
    record.line = this.#lineFormat === null ? this.countLine() : this.nextNumber();
    record.lineEnd = record.line;
    const format = this.#lineFormat ?? this.numberedFormat ?? 'text';
    this.add(record, { name: isKnown ? format : 'text', isKnown, truncatedBytes });
  }

  /** Adds the count of the latest format to the others, and goes over to the next one. */
  #noteCount(next: string): void {
    if (this.#nameCount > 0) this.#counts.set(this.#name, (this.#counts.get(this.#name) ?? 0) + this.#nameCount);
    this.#name = next;
    this.#nameCount = 0;
  }

  /** Sets the formats of the summary. Called once, after the last record. */
  settle(): void {
    const { summary } = this;
    this.#noteCount('text');
    const byCount = [...this.#counts]
      .map(([name, records]) => ({ name, records }))
      .sort((a, b) => b.records - a.records);
    summary.formats = byCount.slice(0, MAX_LISTED_FORMATS);
    // A table or document is of its format, however many of its values are damaged; an archive may hold several.
    if (this.numberedFormat !== null && this.member === null) {
      summary.format = this.numberedFormat;
      return;
    }
    const weight = ({ name, records }: FormatCount) => (name === 'text' ? records - this.#cut : records);
    summary.format = byCount.sort((a, b) => weight(b) - weight(a))[0]?.name ?? summary.format;
  }

  /** Removes and returns the oldest waiting records, at most `limit`. */
  take(limit: number): LogRecord[] {
    if (this.#waiting.length > limit) return this.#waiting.splice(0, limit);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
