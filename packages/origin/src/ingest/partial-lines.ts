import { MAX_CONTINUATION_GAP_MS, MAX_RECORD_BYTES, MAX_RECORD_LINES } from './limits.ts';
import type { Line, PartialLine, Stream } from './line-streams.ts';
import { OpenRecord } from './open-record.ts';
import type { RecordQueue } from './record-queue.ts';

/**
 * Joins the parts of lines that wrappers split. A line keeps the place of its first part among the records, so the order
 * of records does not depend on how long a line takes. A line that exceeds the limits of a record ends early, and its
 * further parts become a record that refers to the one before.
 */
export class PartialLines {
  readonly #queue: RecordQueue;
  readonly #read: (stream: Stream, line: Line) => void;
  readonly #streams = new Map<OpenRecord, Stream>();

  /** @param read Takes a complete line. If its `restOf` is set, the line is the rest of that record. */
  constructor(queue: RecordQueue, read: (stream: Stream, line: Line) => void) {
    this.#queue = queue;
    this.#read = read;
  }

  /** Takes a line or a part of one. */
  take(stream: Stream, part: Line, isPartial: boolean): void {
    if (stream.partial === null && stream.restOf === null && !isPartial) {
      this.#read(stream, part);
      return;
    }
    if (stream.partial !== null && isLate(stream.partial, part)) this.#end(stream, false);
    if (stream.partial !== null && exceeds(stream.partial, part)) this.#end(stream, true);
    const { partial } = stream;
    if (partial === null) this.#begin(stream, part);
    else {
      partial.raw += part.raw;
      partial.bytes += Buffer.byteLength(part.raw);
      partial.lineEnd = part.lineEnd;
      partial.lastAt = part.outer?.timestamp ?? null;
      partial.truncatedBytes += part.truncatedBytes;
      if (part.place !== null) part.place.state = 'void';
    }
    if (!isPartial) this.#end(stream, false);
  }

  /** Ends the line that has a place, although further parts of it may come. */
  cut(place: OpenRecord): void {
    const stream = this.#streams.get(place);
    if (stream !== undefined) this.#end(stream, true);
  }

  /** Ends the stream's open line. */
  close(stream: Stream): void {
    if (stream.partial !== null) this.#end(stream, false);
  }

  #begin(stream: Stream, part: Line): void {
    const place = part.place ?? new OpenRecord(part.line);
    if (part.place === null) this.#queue.add(place);
    this.#streams.set(place, stream);
    stream.partial = {
      ...part,
      place,
      lastAt: part.outer?.timestamp ?? null,
      bytes: Buffer.byteLength(part.raw),
      restOf: stream.restOf,
    };
    stream.restOf = null;
  }

  #end(stream: Stream, isCut: boolean): void {
    const { partial } = stream;
    if (partial === null) return;
    stream.partial = null;
    this.#streams.delete(partial.place);
    this.#read(stream, partial);
    if (isCut) stream.restOf = stream.open ?? partial.place;
  }
}

function exceeds(line: Line & { bytes: number }, part: Line): boolean {
  return line.bytes + Buffer.byteLength(part.raw) > MAX_RECORD_BYTES || part.lineEnd - line.line >= MAX_RECORD_LINES;
}

/** A writer splits a line at once, so a part that comes later belongs to another line: the writer ended inside of one. */
function isLate({ lastAt }: PartialLine, { outer }: Line): boolean {
  const at = outer?.timestamp ?? null;
  return lastAt !== null && at !== null && Date.parse(at) - Date.parse(lastAt) > MAX_CONTINUATION_GAP_MS;
}
