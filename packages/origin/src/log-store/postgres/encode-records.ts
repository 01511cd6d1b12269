import { parse as uuidBytes } from 'uuid';
import type { LogRecord } from '../../log-record.ts';
import { columnTextsOf, searchedWordsOf } from '../searched-texts.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeWords } from './encode-words.ts';
import { LEVEL_CODES } from './level-codes.ts';
import type { WordCounter } from './roll-up/common-words.ts';

/** The columns in the order in which `RecordEncoder` writes them. */
export const COPY_RECORDS = `COPY log_lines (file_id, line, "timestamp", level, service, message, source, method, path,
  status, response_time_ms, fields, search, line_end) FROM STDIN (FORMAT binary)`;

const COLUMNS = 14;
const NULL = -1;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = -1;

/** Large enough to make system calls rare, small enough to keep the server busy while the next piece is encoded. */
const PIECE_BYTES = 128 * 1024;

/** Postgres counts microseconds from the year 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * Encodes the records of a file in Postgres' binary COPY format, which needs no quoting and no parsing by the server.
 */
export class RecordEncoder {
  readonly #fileId: Uint8Array;
  readonly #words: WordCounter;
  readonly #writer = new ByteWriter(PIECE_BYTES + PIECE_BYTES / 4);

  /** Passes the words of each record to `words`. */
  constructor(fileId: string, words: WordCounter) {
    this.#fileId = uuidBytes(fileId);
    this.#words = words;
  }

  /** Writes the header. It must come first in each COPY. */
  begin(): void {
    this.#writer.bytes(SIGNATURE);
  }

  /** Encodes records and yields the full pieces. The remainder comes with later pieces. */
  *add(records: readonly LogRecord[]): Generator<Buffer> {
    for (const record of records) {
      this.#record(record);
      if (this.#writer.length >= PIECE_BYTES) yield this.#writer.take();
    }
  }

  /** Returns the last piece of a COPY. */
  end(): Buffer {
    this.#writer.int16(END);
    return this.#writer.take();
  }

  #record(record: LogRecord): void {
    const writer = this.#writer;
    writer.int16(COLUMNS);
    writer.int32(this.#fileId.length);
    writer.bytes(this.#fileId);
    this.#int32(record.line);
    this.#timestamp(record.timestamp);
    writer.int32(2);
    writer.int16(LEVEL_CODES[record.level]);
    this.#text(record.service);
    this.#text(record.message);
    this.#text(record.source);
    this.#text(record.method);
    this.#text(record.path);
    this.#int32(record.status);
    this.#float64(record.responseTimeMs);
    this.#text(hasNone(record.fields) ? null : JSON.stringify(record.fields));
    writer.measured(() => encodeWords(writer, searchedWordsOf(record.message, columnTextsOf(record)), this.#words));
    // Null takes no space, and most records have one line.
    this.#int32(record.lineEnd === record.line ? null : record.lineEnd);
  }

  #int32(value: number | null): void {
    this.#sized(value === null ? NULL : 4);
    if (value !== null) this.#writer.int32(value);
  }

  #float64(value: number | null): void {
    this.#sized(value === null ? NULL : 8);
    if (value !== null) this.#writer.float64(value);
  }

  #timestamp(value: string | null): void {
    this.#sized(value === null ? NULL : 8);
    if (value === null) return;
    const ms = Date.parse(value);
    if (Number.isNaN(ms)) throw new TypeError(`expected an ISO 8601 timestamp in a record, got ${value}`);
    this.#writer.int64(BigInt(ms - EPOCH_MS) * 1_000n);
  }

  #text(value: string | null): void {
    if (value === null) this.#sized(NULL);
    else this.#writer.measured(() => this.#writer.text(value));
  }

  #sized(bytes: number): void {
    this.#writer.int32(bytes);
  }
}

function hasNone(fields: Record<string, unknown>): boolean {
  for (const _ in fields) return false;
  return true;
}
