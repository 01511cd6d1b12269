import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { DurationUnit } from '../durations.ts';

/** The parts of `docs/formats.md`, in their order there. */
export const FAMILIES = [
  'containers',
  'cloud',
  'proxies',
  'systems',
  'databases',
  'queues',
  'applications',
  'yours',
] as const;

/**
 * A text format as data: one line begins one record, or holds the line of another format.
 *
 * A column of the pattern fills the part of the record that has its name: `timestamp`, `level`, `service`, `message`,
 * `source`, `method`, `path`, `request` (method and path), `status`, `duration_ns`, `duration_us`, `duration_ms`,
 * `duration_s`, and `duration` for values that carry their unit (`12ms`). Every other column goes to `fields`, and so does
 * a value that does not fit its part. Without a column `message`, the whole line is the message. Without a column `level`,
 * the status implies the level.
 */
export interface Shape {
  /** Lower-case letters, digits and hyphens; the `format` of a file. */
  readonly name: string;
  readonly title: string;
  readonly family: (typeof FAMILIES)[number];
  /** Address of the format's own documentation. */
  readonly source: string;
  /**
   * Grok pattern: a regular expression with `%{TOKEN}` and `%{TOKEN:column}` (see `grok.ts`), matched against the whole
   * line. A group of its own column is `(?<column>…)`; a plain group is `(?:…)`.
   */
  readonly pattern: string;
  /** Levels of spellings that only this format uses, such as `{ '#': 'WARN' }`. Other spellings keep their usual level. */
  readonly levels?: Readonly<Record<string, Level>>;
  /** Level of records whose line has none. */
  readonly level?: Level;
  /** Service of records whose line has none. */
  readonly service?: string;
  /** Values that mean that a column is absent. Defaults to `-`; the empty value always does. */
  readonly absent?: readonly string[];
  /** Columns whose sum is the response time, if all of them are numbers of at least 0. They stay in `fields` too. */
  readonly durationSum?: { readonly columns: readonly string[]; readonly unit: Exclude<DurationUnit, 'timespan'> };
  /**
   * Text of the instant, made of columns, which then leave `fields`: `{date} {time}`. `{hour:2}` fills the value with zeros
   * to two digits.
   */
  readonly instant?: string;
  /**
   * Grok patterns of lines after the first, each of which adds its columns to the record, once. The other lines after the
   * first are the message, unless a column of that name was read.
   */
  readonly further?: readonly string[];
  /** Regular expression of a line that continues a record of this shape, in addition to the general signs. */
  readonly continues?: string;
  /** Regular expression of the line before a line that `continues`. Defaults to any line. */
  readonly continuesAfter?: string;
  /**
   * A column that a line that `continues` has too, with the same value, if `continues` names it. What `except` matches is
   * left out of both: a regular expression.
   */
  readonly continuesSame?: { readonly column: string; readonly except: string };
  /** The column that holds the line of another format. It makes the shape a wrapper. */
  readonly payload?: string;
  /**
   * Regular expression of a wrapped line that shows the format. Another line that the pattern matches is read only if the
   * payload of a shown line of its stream began at the same place. Defaults to any line.
   */
  readonly shownBy?: string;
  /** The columns that together name the stream of a wrapped line. */
  readonly stream?: readonly string[];
  /** The column and the value that say that a wrapped line continues in the next line of its stream. */
  readonly partial?: { readonly column: string; readonly value: string };
  /** Lines with their records. They are tests, and `docs/formats.md` shows the first one. */
  readonly examples: readonly ShapeExample[];
}

export interface ShapeExample {
  /** The line, or all lines of the record with line feeds between them. */
  readonly line: string;
  /** What the record has; of `fields`, only those named here are compared. */
  readonly record: Partial<LogRecord>;
  /** The payload of a wrapper. */
  readonly payload?: string;
}
