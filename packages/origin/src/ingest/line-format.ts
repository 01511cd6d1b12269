import type { LogRecord } from '../log-record.ts';
import type { FileTimes } from './file-times.ts';

/** One format of lines. `name` matches `^[a-z0-9][a-z0-9-]{0,63}$` and is the format of a file in its answers. */
export type LineFormat = RecordFormat | WrapperFormat | BatchFormat;

interface Named {
  readonly name: string;
  /**
   * The format has no NUL, so a line with one is not of it (JSON). Other formats receive U+FFFD in place of NUL, because
   * stores reject NUL.
   */
  readonly rejectsNul?: boolean;
  /**
   * A regular expression, as `parsePattern` reads it, that every line of the format matches. Only lines that can match it
   * are tried, so a parser must not read a time of any other line: times without a year depend on those before. Defaults
   * to any line.
   */
  readonly lines?: string;
  /**
   * Returns whether the format can be recognised by a line. A line for which it returns false is read only in a stream
   * in which the format has read another line (a JSON string or number among JSON objects). Defaults to true.
   */
  begins?(line: string): boolean;
}

/** One line begins one record; further lines may continue it. */
export interface RecordFormat extends Named {
  readonly kind: 'record';
  open(times: FileTimes): RecordParser;
}

/** One line holds a line of another format: Docker's json-file, CRI, the prefix of docker compose, Heroku. */
export interface WrapperFormat extends Named {
  readonly kind: 'wrapper';
  open(times: FileTimes): Unwrapper;
}

/** One line holds any number of records: OTLP JSON. */
export interface BatchFormat extends Named {
  readonly kind: 'batch';
  open(times: FileTimes): BatchParser;
}

/** Every method costs time linear in the length of what it receives, and keeps no state but that of headers. */
export interface RecordParser {
  /**
   * Returns the record that a line begins, `'header'` for a line that describes others and is not a record
   * (`#Fields: …`), or null if the line is not of the format.
   */
  parse(line: string): LogRecord | 'header' | null;
  /**
   * Returns whether a line continues the open record of this format, `'last'` if no further line can. It is asked before
   * any format is tried, so it also takes lines that another format knows. Lines with a general sign of continuation
   * (blanks before the text, frames of a stack trace) continue any record without it.
   *
   * @param lines The lines of the open record so far.
   */
  continues?(line: string, lines: readonly string[]): boolean | 'last';
  /**
   * Completes a record from all its lines when it ends, once, and returns it. Without it, the lines after the first are
   * appended to the message. Returns null if the lines are not of the format after all; they are then kept raw.
   */
  finish?(record: LogRecord, lines: readonly string[]): LogRecord | null;
}

/** Returns the parts of a line, or null if the line is not of the wrapper's format. */
export type Unwrapper = (line: string) => Unwrapped | null;

export interface Unwrapped {
  /**
   * The wrapper's own columns. Its timestamp wins over that of the payload, because a container runtime writes it with a
   * zone; its other columns are defaults for those that the payload lacks.
   */
  readonly outer: LogRecord;
  /** The line of another format, without a line end. */
  readonly payload: string;
  /** Name of the writer whose lines follow one another (container, stdout or stderr). '' if the wrapper names none. */
  readonly stream: string;
  /** Whether the payload continues in the stream's next line. */
  readonly isPartial: boolean;
}

/** Returns the records of a line in their order, or null if the line is not of the format. */
export type BatchParser = (line: string) => readonly LogRecord[] | null;
