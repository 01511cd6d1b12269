import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import { type TraceContext, type TraceKind, traceAfter } from './continuation-signs.ts';
import { MAX_CONTINUATION_GAP_MS, MAX_RECORD_BYTES, MAX_RECORD_LINES } from './limits.ts';
import type { RecordParser } from './line-format.ts';
import { recordOf } from './records.ts';
import { storableText } from './storable.ts';
import { withOuter } from './wrapped-record.ts';

/** The first line of a record, as it was read. */
export interface Beginning {
  /** The format's name, `text` if no format knows the line. */
  name: string;
  isKnown: boolean;
  /** Null if no format can continue or complete the record. */
  parser: RecordParser | null;
  record: LogRecord;
  /** The line without colours and without its wrappers. */
  text: string;
  /** The columns of the line's wrapper. */
  outer: LogRecord | null;
}

/** A finished record. */
export interface Finished {
  record: LogRecord;
  name: string;
  isKnown: boolean;
  truncatedBytes: number;
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
  lineEnd: number;
  truncatedBytes = 0;
  state: State = 'reserved';
  /** Size of its text in characters. */
  characters = 0;
  #begun: Beginning | null = null;
  /** All lines, once there are two. */
  #lines: string[] | null = null;
  #bytes = 0;
  #trace: TraceKind | null = null;
  #isRest = false;
  /** When the wrapper of its last line was written. */
  #lastAt: string | null = null;

  constructor(line: number) {
    this.line = line;
    this.lineEnd = line;
  }

  get isEnded(): boolean {
    return this.state === 'cut' || this.state === 'complete' || this.state === 'void';
  }

  get trace(): TraceKind {
    return this.#trace ?? traceAfter(this.#begun?.text ?? '');
  }

  set trace(trace: TraceKind) {
    this.#trace = trace;
  }

  get level(): Level {
    return this.#begun?.record.level ?? 'UNKNOWN';
  }

  begin(begun: Beginning): void {
    this.#begun = begun;
    this.characters += begun.text.length;
    this.state = 'open';
  }

  /** Begins a record of the lines that are beyond a limit of another one. It has the other's time, level and service. */
  beginRest(of: OpenRecord, text: string, outer: LogRecord | null): void {
    const begun = of.#begun;
    const { timestamp = null, level = 'UNKNOWN' as const, service = null } = begun?.record ?? {};
    const record = recordOf({ timestamp, level, service, message: storableText(text) });
    record.fields['continues_line'] = of.line;
    const { name = 'text', isKnown = false, parser = null } = begun ?? {};
    this.begin({ name, isKnown, parser, record, text, outer });
    this.trace = of.trace;
    this.#isRest = true;
  }

  /**
   * Returns whether a line comes soon enough after the record's last line to belong to it, by the times of their
   * wrappers. Without wrappers it always does.
   */
  isFollowedBy({ outer }: { outer: LogRecord | null }): boolean {
    const [before, after] = [this.#lastAt, outer?.timestamp ?? null];
    if (before === null || after === null || before === after) return true;
    return Date.parse(after) - Date.parse(before) <= MAX_CONTINUATION_GAP_MS;
  }

  /** Notes the place of a line that belongs to the record. */
  extend({
    lineEnd,
    truncatedBytes,
    outer,
  }: {
    lineEnd: number;
    truncatedBytes: number;
    outer: LogRecord | null;
  }): void {
    this.lineEnd = lineEnd;
    this.truncatedBytes += truncatedBytes;
    this.#lastAt = outer?.timestamp ?? null;
  }

  /** Returns whether the record's own format says that a line continues it. */
  isContinuedBy(line: string): boolean | 'last' {
    const begun = this.#begun;
    if (begun?.parser?.continues === undefined) return false;
    return begun.parser.continues(line, this.#lines ?? [begun.text]);
  }

  /** Appends a line. Returns false, and appends nothing, if the record would exceed a limit. */
  append(text: string): boolean {
    const begun = this.#begun;
    if (begun === null || this.isEnded) return false;
    const before = this.#lines === null ? Buffer.byteLength(begun.text) : this.#bytes;
    const bytes = before + 1 + Buffer.byteLength(text);
    const lines = this.#lines ?? [begun.text];
    if (lines.length >= MAX_RECORD_LINES || bytes > MAX_RECORD_BYTES) return false;
    lines.push(text);
    this.#lines = lines;
    this.#bytes = bytes;
    this.characters += text.length + 1;
    return true;
  }

  /** Returns the record of all lines, or null if its lines belong to another record. */
  finish(): Finished | null {
    const begun = this.#begun;
    if (begun === null) return null;
    const { truncatedBytes } = this;
    const record = this.#completed(begun);
    const isRead = begun.isKnown && record !== null;
    const inner = record ?? recordOf({ message: this.#text(begun) });
    const finished = begun.outer === null ? inner : withOuter(begun.outer, inner);
    finished.line = this.line;
    finished.lineEnd = this.lineEnd;
    const isKnown = isRead || begun.outer !== null;
    return { record: finished, name: isKnown ? begun.name : 'text', isKnown, truncatedBytes };
  }

  #completed({ isKnown, parser, record, text }: Beginning): LogRecord | null {
    const lines = this.#lines;
    if (parser?.finish !== undefined && !this.#isRest) return parser.finish(record, lines ?? [text]);
    if (lines === null) return record;
    let end = lines.length;
    // Blank lines at the end separate the record from the next one. A record of unknown format keeps them.
    while (isKnown && end > 1 && lines[end - 1] === '') end--;
    if (end > 1) record.message = `${record.message}\n${storableText(lines.slice(1, end).join('\n'))}`;
    return record;
  }

  #text({ text }: Beginning): string {
    return storableText((this.#lines ?? [text]).join('\n'));
  }
}
