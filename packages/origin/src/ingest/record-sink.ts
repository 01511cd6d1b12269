import type { FileFormat } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import { TooManyRecords } from './errors.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';

/** What an ingest came to. */
export interface IngestSummary {
  format: FileFormat;
  gzipped: boolean;
  /** Records, each with its number: the last one's `line`. */
  lines: number;
  /** ERROR and FATAL records. */
  errors: number;
  /** Records that no parser of the format knew: kept raw, level UNKNOWN. */
  unparsed: number;
  /** Records cut at `MAX_RECORD_BYTES`; each says in `fields.truncated_bytes` how much was dropped. */
  truncated: number;
  yearInferred: boolean;
  firstTimestamp: string | null;
  lastTimestamp: string | null;
}

/** Where format readers put their records: numbers them, counts them and keeps them until they are taken. */
export class RecordSink {
  readonly summary: IngestSummary;
  readonly #maxRecords: number;
  #waiting: LogRecord[] = [];

  constructor(summary: IngestSummary, maxRecords: number) {
    this.summary = summary;
    this.#maxRecords = maxRecords;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A record that its parser knew. Throws `TooManyRecords`. */
  parsed(record: LogRecord, truncatedBytes = 0): void {
    const { summary } = this;
    if (summary.lines >= this.#maxRecords) throw new TooManyRecords(this.#maxRecords);
    record.line = ++summary.lines;
    if (record.level === 'ERROR' || record.level === 'FATAL') summary.errors++;
    if (truncatedBytes > 0) {
      summary.truncated++;
      record.fields['truncated_bytes'] = truncatedBytes;
    }
    const { timestamp } = record;
    if (timestamp !== null) {
      if (summary.firstTimestamp === null || timestamp < summary.firstTimestamp) summary.firstTimestamp = timestamp;
      if (summary.lastTimestamp === null || timestamp > summary.lastTimestamp) summary.lastTimestamp = timestamp;
    }
    this.#waiting.push(record);
  }

  /** Text that no parser knew: kept as it is. */
  raw(text: string, truncatedBytes = 0): void {
    this.summary.unparsed++;
    this.parsed(recordOf({ message: storableText(text) }), truncatedBytes);
  }

  /** The oldest waiting records, at most `limit`. */
  take(limit: number): LogRecord[] {
    if (this.#waiting.length > limit) return this.#waiting.splice(0, limit);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
