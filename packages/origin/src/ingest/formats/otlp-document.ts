import { BoundedText } from '../bounded-text.ts';
import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { FormatReader } from '../format-reader.ts';
import { type JsonKind, type JsonListener, JsonScanner } from '../json-scanner.ts';
import type { RecordSink } from '../record-sink.ts';
import { contextOf, MAX_CONTEXT_RATIO, type OtlpContext, recordOfLog } from '../schemas/otlp.ts';
import { membersOf } from '../schemas/otlp-values.ts';
import { parseJson } from './json-value.ts';

const BEGINNING = /^\s{0,1000}\{\s{0,1000}"resourceLogs"\s{0,1000}:\s{0,1000}\[/;

/** Depth of each value of an export: `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{}]}]}]}`. */
const RESOURCE_LOGS = 2;
const RESOURCE = 3;
const SCOPE_LOGS = 4;
const SCOPE = 5;
const LOG_RECORD = 6;
const NO_CONTEXT = contextOf({}, {});

/** Returns whether a JSON document is an OTLP export, by its first bytes. */
export function beginsAsOtlp(head: Buffer): boolean {
  return BEGINNING.test(head.toString('latin1', 0, 4_000));
}

/**
 * Reads an OTLP export of any length as one JSON document, a log record at a time. The document was surveyed before and
 * is valid. The resource and scope count for the log records behind them, where writers that follow the order of the
 * protocol put them. A log record longer than the longest record is kept as raw text, cut at the limit.
 */
export class OtlpDocumentReader implements FormatReader, JsonListener {
  readonly reportedDepth = LOG_RECORD;
  readonly #scanner = new JsonScanner(this);
  readonly #text = new BoundedText();
  readonly #mapper: ColumnMapper;
  readonly #sink: RecordSink;
  #piece: Buffer = Buffer.alloc(0);
  #pieceStartsAt = 0;
  /** Offset in the piece where the value that is kept begins; null outside of such values. */
  #startsAt: number | null = null;
  #keptDepth = 0;
  #resource: Record<string, unknown> = {};
  #context: OtlpContext = NO_CONTEXT;
  #contextLength = 0;
  #copied = 0;

  constructor(times: FileTimes, sink: RecordSink) {
    this.#mapper = new ColumnMapper(times);
    this.#sink = sink;
  }

  write(piece: Buffer): void {
    this.#piece = piece;
    this.#scanner.write(piece);
    this.#pieceStartsAt += piece.length;
    if (this.#startsAt === null) return;
    this.#text.add(piece, this.#startsAt, piece.length);
    this.#startsAt = 0;
  }

  end(): void {
    this.endExport();
  }

  /** Ends the export. Returns whether it was valid JSON. */
  endExport(): boolean {
    this.#piece = Buffer.alloc(0);
    return this.#scanner.end();
  }

  valueStarts(depth: number, kind: JsonKind, at: number): void {
    if (depth === RESOURCE_LOGS) this.#resource = {};
    if (depth === RESOURCE_LOGS || depth === SCOPE_LOGS) this.#setContext({});
    // At these depths the resource and the scope are the only objects, and log records the only elements.
    const isKept = depth === LOG_RECORD || ((depth === RESOURCE || depth === SCOPE) && kind === 'object');
    if (!isKept || this.#startsAt !== null) return;
    this.#startsAt = at;
    this.#keptDepth = depth;
  }

  valueEnds(depth: number, at: number): void {
    if (this.#startsAt === null || depth !== this.#keptDepth) return;
    this.#text.add(this.#piece, this.#startsAt, at);
    this.#startsAt = null;
    const { text, truncatedBytes } = this.#text.take();
    const value = truncatedBytes > 0 ? undefined : parseJson(text);
    if (depth === LOG_RECORD) this.#add(text, truncatedBytes, value, this.#pieceStartsAt + at);
    else if (depth === SCOPE) this.#setContext(membersOf(value));
    else {
      this.#resource = membersOf(value);
      this.#setContext({});
    }
  }

  #setContext(scope: Record<string, unknown>): void {
    this.#context = contextOf(this.#resource, scope);
    this.#contextLength = JSON.stringify(this.#context.fields).length;
  }

  #add(text: string, truncatedBytes: number, value: unknown, endsAt: number): void {
    if (value === undefined) {
      this.#sink.raw(text, truncatedBytes);
      return;
    }
    const fits = this.#copied + this.#contextLength <= endsAt * MAX_CONTEXT_RATIO;
    if (fits) this.#copied += this.#contextLength;
    const context = fits ? this.#context : { ...this.#context, fields: { context_dropped: true } };
    this.#sink.parsed(recordOfLog(membersOf(value), context, this.#mapper));
  }
}
