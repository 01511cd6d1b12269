import type { LogRecord } from '../log-record.ts';
import { withoutColours } from './ansi.ts';
import { continuationOf, headOf } from './continuation-signs.ts';
import { MAX_WRAPPERS } from './limits.ts';
import type { Unwrapped } from './line-format.ts';
import type { LineRecogniser, Reading, SimpleFormat } from './line-recogniser.ts';
import { type Line, LineStreams, type Stream } from './line-streams.ts';
import { type Beginning, OpenRecord } from './open-record.ts';
import { PartialLines } from './partial-lines.ts';
import { RecordQueue } from './record-queue.ts';
import type { RecordSink } from './record-sink.ts';
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
  /** The latest record, if it is the only open one and has one line so far, with that line and its format. */
  #latest: LogRecord | null = null;
  #latestText = '';
  #latestFormat: SimpleFormat | null = null;

  constructor(recogniser: LineRecogniser, sink: RecordSink) {
    this.#recogniser = recogniser;
    this.#sink = sink;
  }

  /** Takes the next line of the file. `isPlain`: the line has neither colours nor NUL. */
  take(raw: string, truncatedBytes: number, isPlain = false): void {
    const line = this.#sink.countLine();
    this.#line = line;
    if (isPlain && truncatedBytes === 0 && this.#takeSimple(raw, line)) return;
    this.#unfold();
    this.#read(this.#streams.root, lineOf(raw, line, truncatedBytes));
    this.#release();
  }

  /** Ends every open record. */
  end(): void {
    this.#unfold();
    this.#streams.close();
    this.#queue.release();
  }

  /**
   * Takes the line of a file whose records are in one stream and of one simple format: the usual case, in which an
   * `OpenRecord` for each line would cost more than parsing it. Returns false if the line needs more.
   */
  #takeSimple(raw: string, line: number): boolean {
    const { root } = this.#streams;
    const { simple } = root.formats;
    if (simple === null || root.formats.isSurveyDue) return false;
    const record = simple.parser.parse(raw);
    if (record === null || record === 'header') return false;
    root.formats.lines++;
    if (this.#latest !== null && this.#latestFormat !== null) this.#sink.add(this.#latest, this.#latestFormat);
    else if (!this.#isAlone()) {
      this.#begin(root, lineOf(raw, line, 0), raw, { ...simple, record });
      this.#release();
      return true;
    }
    record.line = line;
    record.lineEnd = line;
    this.#latest = record;
    this.#latestText = raw;
    this.#latestFormat = simple;
    return true;
  }

  /** Ends the record of the file's own stream. Returns whether no record of another stream is open. */
  #isAlone(): boolean {
    this.#complete(this.#streams.root);
    this.#queue.release();
    return this.#queue.isEmpty;
  }

  /** Makes an open record of the latest simple one, so that further lines can continue it. */
  #unfold(): void {
    const [record, format] = [this.#latest, this.#latestFormat];
    if (record === null || format === null) return;
    this.#latest = null;
    const line = lineOf(this.#latestText, record.line, 0);
    this.#begin(this.#streams.root, line, line.raw, { ...format, record });
  }

  #read(stream: Stream, line: Line): void {
    const text = withoutColours(line.raw);
    const open = stream.open?.isFollowedBy(line) === false ? null : stream.open;
    if (line.restOf !== null) this.#beginRest(stream, line, text, line.restOf);
    else if (open === null || !this.#continueFormat(stream, line, text, open)) {
      const head = headOf(text, open);
      const reading = this.#recogniser.read(head, stream.formats, open, stream.depth < MAX_WRAPPERS);
      if (reading !== null) this.#take(stream, line, head, reading);
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

  /** Begins a record with a line that a format knows, or a raw one. */
  #begin(stream: Stream, line: Line, text: string, known: Beginning | null): void {
    this.#complete(stream);
    const place = this.#placeOf(line);
    if (known === null) place.beginRaw(text, line);
    else place.begin(known, text, line);
    this.#opened(stream, place);
  }

  #beginRest(stream: Stream, line: Line, text: string, of: OpenRecord): void {
    this.#complete(stream);
    const place = this.#placeOf(line);
    place.beginRest(of, text, line);
    this.#opened(stream, place);
  }

  #opened(stream: Stream, record: OpenRecord): void {
    this.#queue.grew(record.characters);
    stream.open = record;
    stream.ownsOpen = true;
  }

  #append(stream: Stream, line: Line, text: string, open: OpenRecord): void {
    if (open.append(text, line)) {
      this.#queue.grew(text.length + 1);
      if (line.place !== null) line.place.state = 'void';
      return;
    }
    if (!open.isEnded) open.state = 'cut';
    stream.ownsOpen = false;
    this.#beginRest(stream, line, text, open);
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
      const number = index === 0 ? line.line : this.#sink.nextNumber();
      const place = index === 0 ? this.#placeOf(line) : this.#addPlace(number);
      place.begin({ name, parser: null, record }, record.message, { ...line, lineEnd: number });
      place.state = 'complete';
      this.#line = number;
      this.#queue.grew(place.characters);
    }
  }

  #placeOf({ line, place }: Line): OpenRecord {
    return place ?? this.#addPlace(line);
  }

  #addPlace(line: number): OpenRecord {
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
    if (finished !== null) this.#sink.add(finished, record);
  }
}

function lineOf(raw: string, line: number, truncatedBytes: number): Line {
  return { raw, line, lineEnd: line, truncatedBytes, wrapper: null, outer: null, place: null, restOf: null };
}
