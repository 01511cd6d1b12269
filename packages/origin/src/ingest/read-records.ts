import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '../log-record.ts';
import type { ByteSource } from './bytes/peek.ts';
import { TextReader } from './bytes/read-text.ts';
import { type FormatChoice, formatsOf } from './chosen-formats.ts';
import { FileTimes, type TimeOptions } from './file-times.ts';
import { BATCH_RECORDS, FILE_LIMITS, type FileLimits, MAX_BATCH_BYTES } from './limits.ts';
import { openReader } from './open-reader.ts';
import { type IngestSummary, RecordSink } from './record-sink.ts';

export interface ReadOptions extends TimeOptions, FormatChoice {
  /** Maximum number of records per batch; defaults to 2,000. Batches of long records are smaller. */
  batchRecords?: number;
  /**
   * Whether the bytes are the lines of several clients of a stream. They are read as lines in 8 bits, whatever they look like: no line
   * decides how another is read. Defaults to false.
   */
  isOfStream?: boolean;
  /** Stops reading with the signal's reason. */
  signal?: AbortSignal;
  /** Defaults to `FILE_LIMITS`. */
  limits?: FileLimits;
}

/** The records of one file in batches, in file order. Can be iterated once. */
export interface RecordReader extends AsyncIterable<readonly LogRecord[]> {
  /** Complete once the iteration has ended. */
  readonly summary: IngestSummary;
  /** Unpacked bytes read so far. The bytes of a JSON document count at each of its two passes. */
  readonly readBytes: number;
}

/** Maximum time that parsing keeps the event loop before it yields. */
const MAX_TURN_MS = 10;

/**
 * Reads the records of an upload. `open` opens the bytes from the start each time: a JSON document is read twice, the
 * first time to determine that it is one document. Memory stays bounded for any file: one piece, one record, one batch.
 *
 * No line is dropped. Each line is read by the format that fits: it begins a record, continues the open record of its
 * stream (a stack trace, an indented or blank line), or describes other lines (`#Fields:`). A line that no format knows
 * and that has no sign of continuation is kept raw (level UNKNOWN, no timestamp) and counted as unparsed. An empty rest
 * after the last line end is not a line. A CSV row is one record, including line ends inside its quotes; the header is
 * not a record. In a JSON document each record is one record, and blanks between them are not. A line is cut at
 * `MAX_RECORD_BYTES`, and `fields.truncated_bytes` says how many bytes were cut. A record has at most
 * `MAX_RECORD_LINES` lines and `MAX_RECORD_BYTES` of text; further lines begin a record with `fields.continues_line`.
 *
 * Throws an `UnreadableFile` (not a text log, damaged, or a limit exceeded), any error of the source, and the signal's reason.
 * Nothing else fails: text that cannot be parsed is kept raw.
 */
export function readRecords(open: () => ByteSource, options: ReadOptions): RecordReader {
  const summary: IngestSummary = {
    format: 'text',
    formats: [],
    encoding: 'utf-8',
    gzipped: false,
    packing: null,
    lines: 0,
    records: 0,
    droppedNulBytes: 0,
    skippedMembers: 0,
    skippedBecause: null,
    errors: 0,
    unparsed: 0,
    truncated: 0,
    yearInferred: false,
  };
  const read = { bytes: 0 };
  return {
    summary,
    get readBytes() {
      return read.bytes;
    },
    [Symbol.asyncIterator]: () => batches(open, options, summary, read),
  };
}

async function* batches(
  open: () => ByteSource,
  options: ReadOptions,
  summary: IngestSummary,
  read: { bytes: number },
): AsyncGenerator<readonly LogRecord[]> {
  const { batchRecords = BATCH_RECORDS, signal, limits = FILE_LIMITS, isOfStream = false, ...choices } = options;
  const { format, shape, shapes, ...timeOptions } = choices;
  const chosen = formatsOf({ format, shape, shapes });
  const sink = new RecordSink(summary, limits.maxRecords);
  const times = new FileTimes(timeOptions);
  const text = new TextReader(summary, { maxUnpackedBytes: limits.maxUnpackedBytes, isOfStream });
  const openPieces = () => politely(counted(text.read(open()), read), signal);
  const isOfLines = chosen.isOfLines || isOfStream;
  const context = { formats: chosen.formats, isOfLines, timeOptions, times, members: text.members, sink };
  const { reader, bytes } = await openReader(openPieces, context);
  let waitingBytes = 0;
  let at = 0;
  let member = -1;
  for await (const piece of bytes) {
    const index = text.members.indexAt(at);
    if (index > member) {
      reader.beginFile?.(index);
      times.years.begin(index);
      sink.member = text.members.nameAt(at);
      member = index;
    }
    at += piece.length;
    reader.write(piece);
    waitingBytes += piece.length;
    while (sink.waiting >= batchRecords || (waitingBytes >= MAX_BATCH_BYTES && sink.waiting > 0)) {
      yield sink.take(batchRecords);
      waitingBytes = 0;
    }
  }
  reader.end();
  sink.settle();
  summary.yearInferred = times.years.used;
  while (sink.waiting > 0) yield sink.take(batchRecords);
}

async function* counted(source: ByteSource, read: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    read.bytes += piece.length;
    yield piece;
  }
}

/** Yields the same pieces, lets other work of the process run in between, and stops when the signal aborts. */
async function* politely(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  let turnBeganAtMs = performance.now();
  for await (const piece of source) {
    signal?.throwIfAborted();
    if (performance.now() - turnBeganAtMs > MAX_TURN_MS) {
      await nextTurn();
      turnBeganAtMs = performance.now();
    }
    yield piece;
  }
}
