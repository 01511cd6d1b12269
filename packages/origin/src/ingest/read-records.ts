import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '../log-record.ts';
import { decodeBytes } from './decode-bytes.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { BATCH_RECORDS, FILE_LIMITS, type FileLimits, LARGEST_BATCH_BYTES, PIECE_BYTES } from './limits.ts';
import { openReader } from './open-reader.ts';
import { type ByteSource, peek } from './peek.ts';
import { type IngestSummary, RecordSink } from './record-sink.ts';
import { YearInference } from './year-inference.ts';

export interface ReadOptions {
  /** Anchor for timestamps without a year. */
  uploadedAt: Date;
  /** Most records in a batch; default 2,000. Long records make smaller ones. */
  batchRecords?: number;
  /** Stops the reading with the signal's reason. */
  signal?: AbortSignal;
  /** Default `FILE_LIMITS`. */
  limits?: FileLimits;
}

/** The records of one file in batches, in the order of the file. Can be iterated once. */
export interface RecordReader extends AsyncIterable<readonly LogRecord[]> {
  /** Complete once the iteration has ended. */
  readonly summary: IngestSummary;
  /** Bytes that were read so far, unpacked; those of a JSON document are counted at each of two readings. */
  readonly readBytes: number;
}

/** The longest that parsing keeps the event loop before it lets others run. */
const LONGEST_TURN_MS = 10;

/**
 * Reads an upload and gives its records. `open` begins the bytes anew each time: a JSON document is read twice, once to
 * learn that it is one. Whatever the file holds, memory stays bounded: one piece, one record, one batch.
 *
 * One line is one record, and no line is dropped: what the format's parser does not know is kept raw (level UNKNOWN, no
 * timestamp) and counted as unparsed, a stack trace's and a blank line too, in JSON lines and between the rows of CSV as
 * well. Nothing after the last line end is no line. A row of CSV is one record, line ends in its quotes included, and
 * its header is none; in a JSON document each record is one, and blanks between them are none. A record is cut at
 * `MAX_RECORD_BYTES` and says so in `fields.truncated_bytes`.
 *
 * Throws an `UnreadableFile` (damaged gzip, or a limit is passed), what the source throws, and the signal's reason.
 * Nothing else fails: what cannot be parsed is kept as raw text.
 */
export function readRecords(open: () => ByteSource, options: ReadOptions): RecordReader {
  const summary: IngestSummary = {
    format: 'text',
    gzipped: false,
    lines: 0,
    errors: 0,
    unparsed: 0,
    truncated: 0,
    yearInferred: false,
    firstTimestamp: null,
    lastTimestamp: null,
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
  { uploadedAt, batchRecords = BATCH_RECORDS, signal, limits = FILE_LIMITS }: ReadOptions,
  summary: IngestSummary,
  read: { bytes: number },
): AsyncGenerator<readonly LogRecord[]> {
  const sink = new RecordSink(summary, limits.maxRecords);
  const years = new YearInference(uploadedAt);
  const openPieces = () => politely(counted(pieces(open(), summary, limits), read), signal);
  const { reader, bytes } = await openReader(openPieces, { uploadedAt, years, sink });
  let waitingBytes = 0;
  for await (const piece of bytes) {
    reader.write(piece);
    waitingBytes += piece.length;
    while (sink.waiting >= batchRecords || (waitingBytes >= LARGEST_BATCH_BYTES && sink.waiting > 0)) {
      yield sink.take(batchRecords);
      waitingBytes = 0;
    }
  }
  reader.end();
  summary.yearInferred = years.used;
  while (sink.waiting > 0) yield sink.take(batchRecords);
}

/** The file's text as UTF-8, unpacked, in small pieces. */
async function* pieces(
  source: ByteSource,
  summary: IngestSummary,
  { maxUnpackedBytes }: FileLimits,
): AsyncGenerator<Buffer> {
  const { head, all } = await peek(inPieces(source), 3);
  summary.gzipped = isGzip(head);
  yield* decodeBytes(summary.gzipped ? gunzip(all, maxUnpackedBytes) : all);
}

async function* counted(source: ByteSource, read: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    read.bytes += piece.length;
    yield piece;
  }
}

/** The source may give its bytes in chunks of any size, the whole file at once included. */
async function* inPieces(source: ByteSource): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
  }
}

/** The same pieces, letting other work of the process run in between, and stopping when asked to. */
async function* politely(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  let turnBeganAtMs = performance.now();
  for await (const piece of source) {
    signal?.throwIfAborted();
    if (performance.now() - turnBeganAtMs > LONGEST_TURN_MS) {
      await nextTurn();
      turnBeganAtMs = performance.now();
    }
    yield piece;
  }
}
