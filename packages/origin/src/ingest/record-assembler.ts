import type { LogRecord } from '../log-record.ts';
import { withoutColours } from './ansi.ts';
import { continuationOf } from './continuation-signs.ts';
import { MAX_WRAPPERS } from './limits.ts';
import type { RecordParser, Unwrapped } from './line-format.ts';
import type { LineRecogniser, Reading } from './line-recogniser.ts';
import { type Line, LineStreams, type Stream } from './line-streams.ts';
import { OpenRecord } from './open-record.ts';
import { PartialLines } from './partial-lines.ts';
import { RecordQueue } from './record-queue.ts';
import type { RecordSink } from './record-sink.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';
import { withOuter } from './wrapped-record.ts';

/**
 * Makes records of lines: a line that a format knows begins a record, a line with a sign of continuation belongs to the
 * open record of its stream, and any other line is a raw record. Every line belongs to one record, except those that
 * describe others. Records reach the sink in the order of their first lines.
 */
export class RecordAssembler {
  readonly #recogniser: LineRecogniser;
  readonly #sink: RecordSink;
  readonly #queue = new RecordQueue((record) => this.#emit(record));
  readonly #partials = new PartialLines(this.#queue, (stream, line) => this.#read(stream, line));
  readonly #streams = new LineStreams((stream) => this.#close(stream));
  #line = 0;

  constructor(recogniser: LineRecogniser, sink: RecordSink) {
    this.#recogniser = recogniser;
    this.#sink = sink;
  }

  /** Takes the next line of the file. */
  take(raw: string, truncatedBytes: number): void {
    this.#sink.countLine();
    const line = ++this.#line;
    this.#read(this.#streams.root, {
      raw,
      line,
      lineEnd: line,
      truncatedBytes,
      wrapper: null,
      outer: null,
      place: null,
      restOf: null,
    });
    this.#release();
  }

  /** Ends every open record. */
  end(): void {
    this.#streams.close();
    this.#queue.release();
  }

  #read(stream: Stream, line: Line): void {
    const text = withoutColours(line.raw);
    const open = stream.open?.isFollowedBy(line) === false ? null : stream.open;
    if (line.restOf !== null) this.#beginRest(stream, line, text, line.restOf);
    else if (open === null || !this.#continueFormat(stream, line, text, open)) {
      const reading = this.#recogniser.read(text, stream.formats, open, stream.depth < MAX_WRAPPERS);
      if (reading !== null) this.#take(stream, line, text, reading);
      else if (open === null || !this.#continueBySign(stream, line, text, open)) this.#begin(stream, line, text, null);
    }
  }

  /** Appends a line to the open record if the record's format says that the line continues it. */
  #continueFormat(stream: Stream, line: Line, text: string, open: OpenRecord): boolean {
    const verdict = open.isContinuedBy(text);
    if (verdict === false) return false;
    this.#append(stream, line, text, open);
    if (verdict === 'last') this.#complete(stream);
    return true;
  }

  /** Appends a line to the open record if the line has a sign of continuation. */
  #continueBySign(stream: Stream, line: Line, text: string, open: OpenRecord): boolean {
    const trace = continuationOf(text, open);
    if (trace === null) return false;
    open.trace = trace;
    this.#append(stream, line, text, open);
    return true;
  }

  #take(stream: Stream, line: Line, text: string, reading: Reading): void {
    switch (reading.kind) {
      case 'record':
        this.#begin(stream, line, text, reading);
        break;
      case 'wrapped':
        this.#unwrap(stream, line, reading);
        break;
      case 'batch':
        this.#addBatch(stream, line, reading);
        break;
      case 'header':
        this.#complete(stream);
        if (line.place !== null) line.place.state = 'void';
    }
  }

  /** Begins a record by a line that a format knows, or a raw one. */
  #begin(
    stream: Stream,
    line: Line,
    text: string,
    known: { name: string; parser: RecordParser; record: LogRecord } | null,
  ): void {
    const place = this.#placeOf(line);
    place.begin({
      name: line.wrapper ?? known?.name ?? 'text',
      isKnown: known !== null,
      parser: known?.parser ?? null,
      record: known?.record ?? recordOf({ message: storableText(line.raw) }),
      text,
      outer: line.outer,
    });
    this.#opened(stream, line, text, place);
  }

  #beginRest(stream: Stream, line: Line, text: string, of: OpenRecord): void {
    const place = this.#placeOf(line);
    place.beginRest(of, text, line.outer);
    this.#opened(stream, line, text, place);
  }

  #opened(stream: Stream, line: Line, text: string, record: OpenRecord): void {
    this.#complete(stream);
    record.extend(line);
    this.#queue.grew(text.length);
    stream.open = record;
    stream.ownsOpen = true;
  }

  #append(stream: Stream, line: Line, text: string, open: OpenRecord): void {
    if (!open.append(text)) {
      if (!open.isEnded) open.state = 'cut';
      stream.ownsOpen = false;
      this.#beginRest(stream, line, text, open);
      return;
    }
    open.extend(line);
    this.#queue.grew(text.length + 1);
    if (line.place !== null) line.place.state = 'void';
  }

  #unwrap(stream: Stream, line: Line, { name, unwrapped }: { name: string; unwrapped: Unwrapped }): void {
    this.#complete(stream);
    const inner = this.#streams.inside(stream, name, unwrapped.stream);
    const part: Line = {
      ...line,
      raw: unwrapped.payload,
      wrapper: line.wrapper ?? name,
      outer: line.outer === null ? unwrapped.outer : withOuter(line.outer, unwrapped.outer),
    };
    this.#partials.take(inner, part, unwrapped.isPartial);
    stream.open = inner.open;
    stream.ownsOpen = false;
  }

  #addBatch(stream: Stream, line: Line, { name, records }: { name: string; records: readonly LogRecord[] }): void {
    this.#complete(stream);
    if (records.length === 0 && line.place !== null) line.place.state = 'void';
    for (const [index, record] of records.entries()) {
      const place = this.#placeOf(index === 0 ? line : { line: ++this.#line, place: null });
      place.begin({
        name: line.wrapper ?? name,
        isKnown: true,
        parser: null,
        record,
        text: record.message,
        outer: line.outer,
      });
      place.lineEnd = place.line;
      place.state = 'complete';
      this.#queue.grew(record.message.length);
    }
  }

  #placeOf({ line, place }: Pick<Line, 'line' | 'place'>): OpenRecord {
    if (place !== null) return place;
    const added = new OpenRecord(line);
    this.#queue.add(added);
    return added;
  }

  /** Ends the record that began in the stream. */
  #complete(stream: Stream): void {
    if (stream.ownsOpen && stream.open?.isEnded === false) stream.open.state = 'complete';
    stream.open = null;
    stream.ownsOpen = false;
  }

  #close(stream: Stream): void {
    this.#partials.close(stream);
    this.#complete(stream);
  }

  #release(): void {
    this.#queue.release();
    for (let late = this.#queue.overdue(this.#line); late !== null; late = this.#queue.overdue(this.#line)) {
      if (late.state === 'reserved') this.#partials.cut(late);
      else late.state = 'cut';
      this.#queue.release();
    }
  }

  #emit(record: OpenRecord): void {
    const finished = record.finish();
    if (finished !== null) this.#sink.add(finished);
  }
}
