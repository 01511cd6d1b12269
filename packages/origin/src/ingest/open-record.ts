import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import { isException, type TraceContext, type TraceKind, traceAfter } from './continuation-signs.ts';
import { MAX_CONTINUATION_GAP_MS, MAX_RECORD_BYTES, MAX_RECORD_LINES } from './limits.ts';
import type { RecordParser } from './line-format.ts';
import type { Line } from './line-streams.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';
import { withOuter } from './wrapped-record.ts';

/** What a format knows of a line that begins a record. */
export interface Beginning {
  readonly name: string;
  /** Null if no format can continue or complete the record. */
  readonly parser: RecordParser | null;
  readonly record: LogRecord;
}

/**
 * - `reserved`: the record's first line is not complete yet
 * - `open`: further lines may continue the record
 * - `cut`: the record ended at a limit; a further line begins a new record that refers to it
 * - `complete`: the record ended
 * - `void`: the lines belong to another record
 */
type State = 'reserved' | 'open' | 'cut' | 'complete' | 'void';

/** A record whose lines are still being read. Bounded by `MAX_RECORD_LINES` and `MAX_RECORD_BYTES`. */
export class OpenRecord implements TraceContext {
  readonly line: number;
  state: State = 'reserved';
  /** Size of its text in characters. */
  characters = 0;
  /** The format's name, `text` if no format knows the record. */
  name = 'text';
  isKnown = false;
  truncatedBytes = 0;
  #lineEnd: number;
  #record: LogRecord | null = null;
  #parser: RecordParser | null = null;
  /** The columns of the first line's wrapper. */
  #outer: LogRecord | null = null;
  /** The first line without colours and without its wrappers. */
  #first = '';
  /** All lines, once there are two. */
  #lines: string[] | null = null;
  #bytes = 0;
  #trace: TraceKind | null = null;
  #isRest = false;
  /** When the wrapper of its last line was written. */
  #lastAt: string | null = null;

  constructor(line: number) {
    this.line = line;
    this.#lineEnd = line;
  }

  get isEnded(): boolean {
    return this.state !== 'open' && this.state !== 'reserved';
  }

  get trace(): TraceKind {
    return this.#trace ?? traceAfter(this.#first);
  }

  set trace(trace: TraceKind) {
    this.#trace = trace;
  }

  /** Whether the record begins with an exception, and no format knows it. */
  get isBareException(): boolean {
    return !this.isKnown && isException(this.#first);
  }

  get level(): Level {
    return this.#record?.level ?? 'UNKNOWN';
  }

  /** Begins with a line that a format knows. */
  begin({ name, parser, record }: Beginning, text: string, line: Line): void {
    this.#record = record;
    this.#parser = parser;
    this.name = line.wrapper ?? name;
    this.isKnown = true;
    this.#open(text, line);
  }

  /** Begins with a line that no format knows. */
  beginRaw(text: string, line: Line): void {
    this.#record = recordOf({ message: storableText(line.raw) });
    this.name = line.wrapper ?? 'text';
    this.isKnown = line.outer !== null;
    this.#open(text, line);
  }

  /** Begins with lines beyond a limit of another record. It has the other's time, level and service. */
  beginRest(of: OpenRecord, text: string, line: Line): void {
    const { timestamp = null, level = 'UNKNOWN' as const, service = null } = of.#record ?? {};
    this.#record = recordOf({ timestamp, level, service, message: storableText(text) });
    this.#record.fields['continues_line'] = of.line;
    this.#parser = of.#parser;
    this.#trace = of.trace;
    this.#isRest = true;
    this.name = of.name;
    this.isKnown = of.isKnown;
    this.#open(text, line);
  }

  #open(text: string, line: Line): void {
    this.#first = text;
    this.#outer = line.outer;
    this.characters = text.length;
    this.state = 'open';
    this.#extend(line);
  }

  #extend({ lineEnd, truncatedBytes, outer }: Line): void {
    this.#lineEnd = lineEnd;
    this.truncatedBytes += truncatedBytes;
    this.#lastAt = outer === null ? null : outer.timestamp;
  }

  /**
   * Returns whether a line comes soon enough after the record's last line to belong to it, by the times of their
   * wrappers. Without wrappers it always does.
   */
  isFollowedBy({ outer }: Line): boolean {
    const [before, after] = [this.#lastAt, outer?.timestamp ?? null];
    if (before === null || after === null || before === after) return true;
    return Date.parse(after) - Date.parse(before) <= MAX_CONTINUATION_GAP_MS;
  }

  /** Returns whether the record's own format says that a line continues it. */
  isContinuedBy(line: string): boolean | 'last' {
    return this.#parser?.continues?.(line, this.#lines ?? [this.#first]) ?? false;
  }

  /** Appends a line. Returns false, and appends nothing, if the record has ended or would exceed a limit. */
  append(text: string, line: Line): boolean {
    if (this.isEnded) return false;
    const before = this.#lines === null ? Buffer.byteLength(this.#first) : this.#bytes;
    const bytes = before + 1 + Buffer.byteLength(text);
    const lines = this.#lines ?? [this.#first];
    if (lines.length >= MAX_RECORD_LINES || bytes > MAX_RECORD_BYTES) return false;
    lines.push(text);
    this.#lines = lines;
    this.#bytes = bytes;
    this.characters += text.length + 1;
    this.#extend(line);
    return true;
  }

  /** Returns the record of all lines, or null if its lines belong to another record. */
  finish(): LogRecord | null {
    if (this.#record === null) return null;
    const inner = this.#completed(this.#record);
    const record = this.#outer === null ? inner : withOuter(this.#outer, inner);
    record.line = this.line;
    record.lineEnd = this.#lineEnd;
    return record;
  }

  #completed(record: LogRecord): LogRecord {
    const lines = this.#lines ?? [this.#first];
    if (this.#parser?.finish !== undefined && !this.#isRest) {
      const finished = this.#parser.finish(record, lines);
      if (finished !== null) return finished;
      this.isKnown = this.#outer !== null;
      if (!this.isKnown) this.name = 'text';
      return recordOf({ message: storableText(lines.join('\n')) });
    }
    let end = lines.length;
    // Blank lines at the end separate the record from the next one. A record of unknown format keeps them.
    while (this.isKnown && end > 1 && lines[end - 1] === '') end--;
    if (end > 1) record.message = `${record.message}\n${storableText(lines.slice(1, end).join('\n'))}`;
    return record;
  }
}
