import type { LogRecord } from '../../log-record.ts';
import { recordOf, setField } from '../records.ts';
import type { Captured } from './grok.ts';
import { COLUMN_PARTS, type ColumnContext, ownLevel, type TakeColumn } from './shape-columns.ts';

/** Returns the whole line and its groups, or null if the line does not match. */
export type Matcher = (line: string) => RegExpExecArray | null;

interface Column extends Captured {
  readonly take: TakeColumn | undefined;
}

/** A place in the text of an instant: a column, and the digits that it is filled to. */
const PLACE = /\{([\w.@-]{1,64})(?::(\d))?\}/g;

/** Returns the columns that the text of an instant names. */
export function columnsOf(instant: string): string[] {
  return Array.from(instant.matchAll(PLACE), ([, column = '']) => column);
}

/** A pattern of whole lines with the columns of its groups. */
export class LinePattern {
  readonly match: Matcher;
  readonly #columns: readonly Column[];
  readonly #absent: ReadonlySet<string>;

  constructor(captured: readonly Captured[], match: Matcher, absent: readonly string[] = ['-']) {
    this.match = match;
    this.#columns = captured.map((column) => ({ ...column, take: COLUMN_PARTS.get(column.column) }));
    this.#absent = new Set(['', ...absent]);
  }

  /** Returns the value of a column, '' without one. Several groups may have one name, of which one matches. */
  value(match: RegExpExecArray, name: string): string {
    const index = this.#columns.findIndex(({ column }, at) => column === name && match[at + 1] !== undefined);
    return index === -1 ? '' : (match[index + 1] ?? '');
  }

  /** Whether the pattern has a column of that name that took part in the match. */
  matched(match: RegExpExecArray, name: string): boolean {
    return this.#columns.some(({ column }, at) => column === name && match[at + 1] !== undefined);
  }

  /** Replaces the places of a text by the values of their columns: `{date} {hour:2}:{minute:2}`. */
  fill(text: string, match: RegExpExecArray): string {
    return text
      .replace(PLACE, (_, column: string, digits = '0') => this.value(match, column).padStart(Number(digits), '0'))
      .trim();
  }

  /** Returns the record of a line that matched. The column `except` is left out. */
  record(match: RegExpExecArray, line: string, context: ColumnContext, except?: string): LogRecord {
    const record = recordOf({ message: line });
    this.add(match, record, context, except);
    return record;
  }

  /** Adds the columns of a line that matched to a record. */
  add(match: RegExpExecArray, record: LogRecord, context: ColumnContext, except?: string): void {
    const taken = new Set<TakeColumn>();
    for (let index = 0; index < this.#columns.length; index++) {
      const text = match[index + 1];
      const captured = this.#columns[index];
      if (text === undefined || captured === undefined) continue;
      const { column, take, isQuoted, isNumber } = captured;
      const value = isQuoted ? unquoted(text) : text;
      // A spelling of the level may be a value that otherwise means absence: Redis writes `-` for verbose.
      if (this.#absent.has(value) && !(column === 'level' && ownLevel(context.levels, value) !== undefined)) continue;
      if (column === except) continue;
      // Of several columns for one part, the first that fits fills it.
      if (take !== undefined && !taken.has(take) && take(record, value, context)) taken.add(take);
      else setField(record.fields, column, isNumber ? numberOf(value) : value);
    }
  }

  /** Whether the pattern has a column. */
  has(name: string): boolean {
    return this.#columns.some(({ column }) => column === name);
  }
}

/** Returns the number of a value, or the value if it has none or loses digits. */
function numberOf(value: string): number | string {
  const number = Number(value);
  return value.trim() !== '' && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value;
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(["\\])/g, '$1') : inner;
}
