import type { LogRecord } from '../log-record.ts';
import { MAX_OPEN_STREAMS } from './limits.ts';
import { StreamFormats } from './line-recogniser.ts';
import type { OpenRecord } from './open-record.ts';

/** Longest part of a stream's name that distinguishes it, in characters. */
const MAX_NAME_CHARACTERS = 255;

/** Lines that follow one another: those of the file, or those of one container's output. */
export class Stream {
  readonly key: string;
  /** Number of wrappers around its lines. */
  readonly depth: number;
  readonly formats = new StreamFormats();
  /** The record that the next line may continue. In a stream of wrapped lines it is the record of the latest line. */
  open: OpenRecord | null = null;
  /** Whether `open` began in this stream, not in a stream inside it. */
  ownsOpen = false;
  /** A line whose end has not come yet. */
  partial: PartialLine | null = null;
  /** The record that ended at a limit before the partial line did; the line's further parts refer to it. */
  restOf: OpenRecord | null = null;

  constructor(key: string, depth: number) {
    this.key = key;
    this.depth = depth;
  }
}

/** One line, or the joined parts of one. */
export interface Line {
  /** The text as it was written, without its wrappers. */
  raw: string;
  readonly line: number;
  lineEnd: number;
  truncatedBytes: number;
  /** Name of the outermost wrapper. */
  readonly wrapper: string | null;
  /** Columns of the wrappers. */
  readonly outer: LogRecord | null;
  /** Place among the records that was reserved when the first part of the line came. */
  readonly place: OpenRecord | null;
  /** The record of which the line is the rest, because it exceeded a limit. */
  readonly restOf: OpenRecord | null;
}

/** The parts of a line so far. */
export interface PartialLine extends Line {
  readonly place: OpenRecord;
  bytes: number;
  /** When the wrapper of its last part was written; null if it has no time. */
  lastAt: string | null;
}

/** The streams of a file, of which at most `MAX_OPEN_STREAMS` are kept. */
export class LineStreams {
  readonly root = new Stream('', 0);
  readonly #close: (stream: Stream) => void;
  readonly #streams = new Map<string, Stream>();
  #latest: Stream | null = null;

  /** @param close Ends the open record of a stream that is forgotten. */
  constructor(close: (stream: Stream) => void) {
    this.#close = close;
  }

  /** Returns the stream of a wrapper's lines inside another stream. */
  inside(outer: Stream, wrapper: string, name: string): Stream {
    const key = `${outer.key}${wrapper}\n${name.slice(0, MAX_NAME_CHARACTERS)}\n`;
    if (this.#latest?.key === key) return this.#latest;
    const stream = this.#streams.get(key) ?? new Stream(key, outer.depth + 1);
    this.#streams.delete(key);
    this.#streams.set(key, stream);
    this.#latest = stream;
    if (this.#streams.size > MAX_OPEN_STREAMS) this.#forgetSilent();
    return stream;
  }

  /** Ends the open record of every stream. */
  close(): void {
    for (const stream of this.#streams.values()) this.#close(stream);
    this.#close(this.root);
  }

  #forgetSilent(): void {
    for (const [key, stream] of this.#streams) {
      this.#streams.delete(key);
      this.#close(stream);
      return;
    }
  }
}
