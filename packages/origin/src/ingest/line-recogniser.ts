import type { LogRecord } from '../log-record.ts';
import { continuationOf, isAligned, type TraceContext } from './continuation-signs.ts';
import type { FileTimes } from './file-times.ts';
import type { LineFilter } from './line-filter.ts';
import type {
  BatchFormat,
  BatchParser,
  LineFormat,
  RecordFormat,
  RecordParser,
  Unwrapped,
  Unwrapper,
  WrapperFormat,
} from './line-format.ts';
import type { Reception } from './record-sink.ts';

/** A format with its parser for one file. */
type Opened =
  | { kind: 'record'; format: RecordFormat; rank: number; parser: RecordParser }
  | { kind: 'wrapper'; format: WrapperFormat; rank: number; unwrap: Unwrapper }
  | { kind: 'batch'; format: BatchFormat; rank: number; parse: BatchParser };

/** A format that is tried on lines. It is opened when a line can be of it. */
interface Candidate {
  readonly format: LineFormat;
  readonly rank: number;
  /** Text that all lines of the format contain. */
  readonly required: string;
  opened: Opened | null;
}

/** What a line is, as the format that knows it reads it. */
export type Reading =
  | { kind: 'record'; name: string; parser: RecordParser; record: LogRecord }
  | { kind: 'header' }
  | { kind: 'wrapped'; name: string; unwrapped: Unwrapped }
  | { kind: 'batch'; name: string; records: readonly LogRecord[] };

/** Number of first lines of a stream that are tried against every format in its order. */
const SURVEYED_LINES = 100;
/**
 * After them a line is tried against every format each time the stream has grown by 1/64, but at least every 997 and at
 * most every 13 lines. So a more specific format is found soon, even if a general one reads its lines.
 */
const SURVEY_SHARE = 64;
const MIN_SURVEY_PERIOD = 13;
const MAX_SURVEY_PERIOD = 997;
/** Maximum number of formats that a stream remembers. */
const REMEMBERED_FORMATS = 8;
const NUL = '\0';

/** A format of which one line is a whole record. */
export interface SimpleFormat extends Reception {
  readonly parser: RecordParser;
}

/** The formats that have read lines of one stream, from the most specific one on. */
export class StreamFormats {
  readonly known: Opened[] = [];
  /** Number of lines that were read. */
  lines = 0;
  /** Number of lines after which a line is next tried against every format. */
  #nextSurvey = SURVEYED_LINES;
  /** The most specific of the formats, if one line is all that it needs. */
  simple: SimpleFormat | null = null;

  /** Whether the next line is to be tried against every format. */
  get isSurveyDue(): boolean {
    return this.lines < SURVEYED_LINES || this.lines >= this.#nextSurvey;
  }

  /** Notes that the latest line is tried against every format. */
  surveyed(): void {
    const share = Math.floor(this.lines / SURVEY_SHARE);
    // Odd, so that lines of two alternating kinds are both surveyed.
    const period = Math.min(MAX_SURVEY_PERIOD, Math.max(MIN_SURVEY_PERIOD, share | 1));
    this.#nextSurvey = Math.max(SURVEYED_LINES, this.lines + period - 1);
  }

  remember(opened: Opened): void {
    if (this.known.includes(opened)) return;
    if (this.known.length >= REMEMBERED_FORMATS) this.known.pop();
    const at = this.known.findIndex(({ rank }) => rank > opened.rank);
    this.known.splice(at === -1 ? this.known.length : at, 0, opened);
    this.simple = simpleOf(this.known[0]);
  }
}

function simpleOf(opened: Opened | undefined): SimpleFormat | null {
  if (opened?.kind !== 'record') return null;
  const { parser, format } = opened;
  const isSimple = parser.continues === undefined && parser.finish === undefined;
  return isSimple ? { name: format.name, parser, isKnown: true, truncatedBytes: 0 } : null;
}

/**
 * Reads each line by the most specific format that knows it. The formats that have read lines of the same stream are
 * tried first; only a line that none of them knows is tried against all others.
 */
export class LineRecogniser {
  readonly #candidates: readonly Candidate[];
  readonly #times: FileTimes;
  readonly #filter: LineFilter;
  /** The candidates of each set of formats that the filter found possible. */
  readonly #possible = new Map<ReadonlySet<LineFormat>, readonly Candidate[]>();

  /** @param formats In the order in which a line is tried on them. The filter need not know all of them. */
  constructor(formats: readonly LineFormat[], times: FileTimes, filter: LineFilter) {
    this.#candidates = formats.map((format, rank) => ({
      format,
      rank,
      required: filter.requiredBy(format),
      opened: null,
    }));
    this.#times = times;
    this.#filter = filter;
  }

  /**
   * @param open The record that the line may continue. A line with a sign that it does is read only by the formats that
   *   are known in the stream.
   * @param canUnwrap Whether wrappers are tried.
   * @returns Null if the line continues the record or no format knows it.
   */
  read(line: string, stream: StreamFormats, open: TraceContext | null, canUnwrap: boolean): Reading | null {
    const hasNul = line.includes(NUL);
    const text = hasNul ? line.replaceAll(NUL, '\ufffd') : line;
    const isSurveyed = stream.isSurveyDue;
    stream.lines++;
    if (isSurveyed && !hasSign(line, open)) {
      stream.surveyed();
      return this.#readByAny(text, hasNul, stream, canUnwrap);
    }
    for (const known of stream.known) {
      const reading = fits(known.format, hasNul, canUnwrap) ? readBy(known, text) : null;
      if (reading !== null) return reading;
    }
    return isSurveyed || hasSign(line, open) ? null : this.#readByAny(text, hasNul, stream, canUnwrap);
  }

  #readByAny(text: string, hasNul: boolean, stream: StreamFormats, canUnwrap: boolean): Reading | null {
    for (const candidate of this.#candidatesOf(text)) {
      const { format } = candidate;
      if (!fits(format, hasNul, canUnwrap) || !text.includes(candidate.required)) continue;
      const isKnown = candidate.opened !== null && stream.known.includes(candidate.opened);
      if (!isKnown && format.begins?.(text) === false) continue;
      candidate.opened ??= openedOf(candidate, this.#times);
      const reading = readBy(candidate.opened, text);
      if (reading === null) continue;
      stream.remember(candidate.opened);
      return reading;
    }
    return null;
  }

  #candidatesOf(line: string): readonly Candidate[] {
    const formats = this.#filter.possible(line);
    const known = this.#possible.get(formats);
    if (known !== undefined) return known;
    const candidates = this.#candidates.filter(({ format }) => formats.has(format) || !this.#filter.knows(format));
    this.#possible.set(formats, candidates);
    return candidates;
  }
}

function hasSign(line: string, open: TraceContext | null): boolean {
  return open !== null && !isAligned(line) && continuationOf(line, open) !== null;
}

function fits(format: LineFormat, hasNul: boolean, canUnwrap: boolean): boolean {
  return (canUnwrap || format.kind !== 'wrapper') && !(hasNul && format.rejectsNul === true);
}

function openedOf({ format, rank }: Candidate, times: FileTimes): Opened {
  switch (format.kind) {
    case 'record':
      return { kind: 'record', format, rank, parser: format.open(times) };
    case 'wrapper':
      return { kind: 'wrapper', format, rank, unwrap: format.open(times) };
    case 'batch':
      return { kind: 'batch', format, rank, parse: format.open(times) };
  }
}

function readBy(candidate: Opened, line: string): Reading | null {
  const { name } = candidate.format;
  switch (candidate.kind) {
    case 'record': {
      const record = candidate.parser.parse(line);
      if (record === null) return null;
      return record === 'header' ? { kind: 'header' } : { kind: 'record', name, parser: candidate.parser, record };
    }
    case 'wrapper': {
      const unwrapped = candidate.unwrap(line);
      return unwrapped === null ? null : { kind: 'wrapped', name, unwrapped };
    }
    case 'batch': {
      const records = candidate.parse(line);
      return records === null ? null : { kind: 'batch', name, records };
    }
  }
}
