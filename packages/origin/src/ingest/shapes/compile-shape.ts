import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import { spokenLevel } from '../formats/syslog-priority.ts';
import { levelOfStatus } from '../levels.ts';
import type { LineFormat, RecordFormat, WrapperFormat } from '../line-format.ts';
import { recordOf, setField } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';
import { automatonOf } from './automaton.ts';
import { durationOf, rounded } from './durations.ts';
import { canBegin, firstCharacters } from './first-characters.ts';
import { type Captured, type Grok, readGrok } from './grok.ts';
import { parsePattern } from './pattern-syntax.ts';
import type { Shape } from './shape.ts';
import { COLUMN_PARTS, type ColumnContext, ownLevel, type TakeColumn } from './shape-columns.ts';
import { ShapeError } from './shape-error.ts';

/** Returns the whole match and its groups, or null if the line does not match. */
export type Matcher = (line: string) => ArrayLike<string | undefined> | null;

/** Turns a regular expression into the matcher of whole lines. */
export type MakeMatcher = (source: string) => Matcher;

/** JavaScript's own engine backtracks, so a pattern for it must be proven linear. */
export const backtracking: MakeMatcher = (source) => {
  const pattern = wholeLine(source);
  return (line) => pattern.exec(line);
};

/** Returns the regular expression of whole lines. Throws `ShapeError` if it is not one. */
export function wholeLine(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 's');
  } catch (error) {
    throw new ShapeError(`expected a regular expression, got one that does not compile: ${String(error)}`);
  }
}

interface Column extends Captured {
  readonly take: TakeColumn | undefined;
}

/** A shape with what its lines share. */
interface Compiled {
  readonly shape: Shape;
  readonly columns: readonly Column[];
  readonly match: Matcher;
  readonly absent: ReadonlySet<string>;
}

/**
 * Turns a shape into a format of lines. Throws `ShapeError` if the pattern is not a regular expression of known tokens, or
 * if `payload`, `stream`, `partial` or `durationSum` name a column that it lacks.
 *
 * @param makeMatcher The engine of the regular expressions. Defaults to JavaScript's.
 */
export function compileShape(shape: Shape, makeMatcher: MakeMatcher = backtracking): LineFormat {
  const grok = readGrok(shape.pattern);
  requireColumns(shape, grok.captured);
  const compiled: Compiled = {
    shape,
    columns: grok.captured.map((captured) => ({ ...captured, take: COLUMN_PARTS.get(captured.column) })),
    match: guarded(grok, makeMatcher),
    absent: new Set(['', ...(shape.absent ?? ['-'])]),
  };
  const { payload } = shape;
  return payload === undefined ? recordFormat(compiled, makeMatcher) : wrapperFormat(compiled, payload);
}

/** A line that cannot begin the pattern is refused by its first character, which costs a hundredth of a match. */
function guarded(grok: Grok, makeMatcher: MakeMatcher): Matcher {
  const match = makeMatcher(grok.source);
  const first = firstCharacters(automatonOf(parsePattern(grok.source)));
  return (line) => (canBegin(first, line) ? match(line) : null);
}

function requireColumns({ payload, stream = [], partial, durationSum }: Shape, captured: readonly Captured[]): void {
  const names = new Set(captured.map(({ column }) => column));
  for (const name of [payload, ...stream, partial?.column, ...(durationSum?.columns ?? [])]) {
    if (name === undefined || names.has(name)) continue;
    throw new ShapeError(`expected a pattern with the column ${name}, got one with ${[...names].join(', ') || 'none'}`);
  }
}

function recordFormat(compiled: Compiled, makeMatcher: MakeMatcher): RecordFormat {
  const { name, continues } = compiled.shape;
  const continuing = continues === undefined ? undefined : makeMatcher(continues);
  return {
    kind: 'record',
    name,
    open: (times) => {
      const context = contextOf(compiled.shape, times);
      return {
        parse: (line) => {
          const match = compiled.match(line);
          return match === null ? null : recordFrom(match, line, compiled, context);
        },
        ...(continuing === undefined ? {} : { continues: (line: string) => continuing(line) !== null }),
      };
    },
  };
}

function wrapperFormat(compiled: Compiled, payloadColumn: string): WrapperFormat {
  const { name, stream = [], partial, level } = compiled.shape;
  return {
    kind: 'wrapper',
    name,
    open: (times) => {
      const context = contextOf(compiled.shape, times);
      return (line) => {
        const match = compiled.match(line);
        if (match === null) return null;
        const value = (column: string) => capturedValue(match, compiled.columns, column);
        const outer = recordFrom(match, line, compiled, context, payloadColumn);
        const payload = value(payloadColumn);
        outer.message = payload;
        if (outer.level === 'UNKNOWN' && level === undefined) outer.level = spokenLevel(payload);
        return {
          outer,
          payload,
          stream: stream.map(value).join(' '),
          isPartial: partial !== undefined && value(partial.column) === partial.value,
        };
      };
    },
  };
}

function contextOf({ levels = {} }: Shape, times: FileTimes): ColumnContext {
  return { timestamps: new TimestampReader(times), levels };
}

function capturedValue(match: ArrayLike<string | undefined>, columns: readonly Column[], name: string): string {
  const index = columns.findIndex(({ column }, at) => column === name && match[at + 1] !== undefined);
  return match[index + 1] ?? '';
}

function recordFrom(
  match: ArrayLike<string | undefined>,
  line: string,
  { shape, columns, absent }: Compiled,
  context: ColumnContext,
  payloadColumn?: string,
): LogRecord {
  const record = recordOf({ message: line });
  const taken = new Set<TakeColumn>();
  for (const [index, { column, take, isQuoted, isNumber }] of columns.entries()) {
    const text = match[index + 1];
    if (text === undefined || column === payloadColumn) continue;
    const value = isQuoted ? unquoted(text) : text;
    // A spelling of the level may be a value that otherwise means absence: Redis writes `-` for verbose.
    const isAbsent = absent.has(value) && !(column === 'level' && ownLevel(context.levels, value) !== undefined);
    if (isAbsent) continue;
    // Of several columns for one part, the first that fits fills it.
    if (take !== undefined && !taken.has(take) && take(record, value, context)) {
      taken.add(take);
      continue;
    }
    setField(
      record.fields,
      column,
      isNumber && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value,
    );
  }
  if (shape.durationSum !== undefined) record.responseTimeMs ??= sumOf(record.fields, shape.durationSum);
  if (record.level === 'UNKNOWN') record.level = shape.level ?? statusLevel(record);
  record.service ??= shape.service ?? null;
  return record;
}

/** The status implies the level unless the line has one that is not known. */
function statusLevel({ status, fields }: LogRecord) {
  return status === null || 'level' in fields ? 'UNKNOWN' : levelOfStatus(status);
}

function sumOf(fields: Record<string, unknown>, { columns, unit }: NonNullable<Shape['durationSum']>): number | null {
  let sum = 0;
  for (const column of columns) {
    const part = durationOf(String(fields[column] ?? ''), unit);
    if (part === null) return null;
    sum += part;
  }
  return rounded(sum);
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(["\\])/g, '$1') : inner;
}
