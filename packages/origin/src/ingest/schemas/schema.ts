import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { ColumnRole } from '../column-names.ts';
import type { DurationUnit } from '../durations.ts';
import type { LevelScale } from './level-scales.ts';

/**
 * Test of one value: its type (`text` is a string, `epochMs` a number of ms since 1970 from 2001 on), a pattern of a
 * string, or the values that it may have.
 */
export type ValueTest = 'number' | 'epochMs' | 'text' | 'object' | 'list' | RegExp | readonly (string | number)[];

/** A comma-separated table without a header, recognised by the number of columns and the text of some of them. */
export interface HeaderlessTable {
  readonly columns: readonly string[];
  readonly minColumns: number;
  readonly cells: Readonly<Record<string, RegExp>>;
}

/**
 * A schema of records whose columns have names: JSON objects, logfmt pairs and rows of a table. It says what a product
 * means by its names, so that a number of level and a duration are read as their writer meant them.
 *
 * A path (`http.request.method`) is a column of exactly that name, else nested members.
 */
export interface Schema {
  readonly name: string;
  readonly title: string;
  readonly family: 'conventions' | 'containers' | 'cloud' | 'proxies' | 'systems' | 'databases' | 'applications';
  /** Address of the schema's own documentation. */
  readonly source: string;
  /** Paths that a record of this schema has, all of them; `a|b` is one of two. */
  readonly has: readonly string[];
  /** Columns that a record of this schema does not have. */
  readonly lacks?: readonly string[];
  /** Tests of values that tell the schema from others with the same names. */
  readonly values?: Readonly<Record<string, ValueTest>>;
  /** Paths that fill a role, best first. The general names of the role follow. */
  readonly roles: Partial<Readonly<Record<Exclude<ColumnRole, 'responseTime'>, readonly string[]>>>;
  /** Paths of the response time, best first, with the unit of a number without one; `null`: the value has a unit. */
  readonly durations?: Readonly<Record<string, DurationUnit | null>>;
  /** Pattern that finds the milliseconds of the response time in the message, in its first group. */
  readonly durationInMessage?: RegExp;
  /** The message may be a list of bytes of UTF-8 text. */
  readonly bytesAsText?: true;
  /** Meaning of level numbers. */
  readonly scale?: LevelScale;
  /** Words of level that only this schema uses, in lower case. */
  readonly levelWords?: Readonly<Record<string, Level>>;
  /** Level of a record that has none of the level's columns. */
  readonly levelIfAbsent?: Level;
  /** Columns that no general name may claim, because they mean something else in this schema. */
  readonly notRoles?: readonly string[];
  /** The table's columns, if its rows come without a header. */
  readonly table?: HeaderlessTable;
  /** The table's header, if its rows may have more columns than it names. */
  readonly header?: readonly string[];
  readonly examples: readonly { readonly line: string; readonly record: Partial<LogRecord> }[];
}
