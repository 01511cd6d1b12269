import type { FormatCount } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import type { TextSummary } from './bytes/read-text.ts';
import { TooManyRecords } from './errors.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';

export interface IngestSummary extends TextSummary {
  /** Name of the format of most records. */
  format: string;
  /** The formats of the records, those with the most first, at most 10. */
  formats: FormatCount[];
  /** Number of lines, with those that are not records, such as a header. */
  lines: number;
  records: number;
  /** Number of ERROR and FATAL records. */
  errors: number;
  /** Number of records that no parser of the format knew; they are kept raw with level UNKNOWN. */
  unparsed: number;
  /** Number of records cut at `MAX_RECORD_BYTES`; each has the number of dropped bytes in `fields.truncated_bytes`. */
  truncated: number;
  yearInferred: boolean;
}

/** Receives the records of format readers, numbers and counts them, and keeps them until they are taken. */
export class RecordSink {
  readonly summary: IngestSummary;
  /** The file in the archive that the next records come from; null if the upload is not an archive. */
  member: string | null = null;
  readonly #maxRecords: number;
  #waiting: LogRecord[] = [];

  constructor(summary: IngestSummary, maxRecords: number) {
    this.summary = summary;
    this.#maxRecords = maxRecords;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Adds a record that a parser knew. Throws `TooManyRecords`. */
  parsed(record: LogRecord, truncatedBytes = 0): void {
    const { summary } = this;
    if (summary.records >= this.#maxRecords) throw new TooManyRecords(this.#maxRecords);
    record.line = ++summary.lines;
    record.lineEnd = record.line;
    summary.records++;
    if (record.level === 'ERROR' || record.level === 'FATAL') summary.errors++;
    if (truncatedBytes > 0) {
      summary.truncated++;
      record.fields['truncated_bytes'] = truncatedBytes;
    }
    if (this.member !== null && !('member' in record.fields)) record.fields['member'] = this.member;
    this.#waiting.push(record);
  }

  /** Adds text that no parser knew, unchanged. */
  raw(text: string, truncatedBytes = 0): void {
    this.summary.unparsed++;
    this.parsed(recordOf({ message: storableText(text) }), truncatedBytes);
  }

  /** Removes and returns the oldest waiting records, at most `limit`. */
  take(limit: number): LogRecord[] {
    if (this.#waiting.length > limit) return this.#waiting.splice(0, limit);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
