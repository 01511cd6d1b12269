import type { LogRecord } from '../../log-record.ts';
import { durationMs } from '../durations.ts';
import type { FileTimes } from '../file-times.ts';
import { spokenLevel } from '../formats/syslog-priority.ts';
import { levelOfStatus } from '../levels.ts';
import type { LineFormat, RecordFormat, WrapperFormat } from '../line-format.ts';
import { recordOf, setField } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';
import { automatonOf } from './automaton.ts';
import { canBegin, firstCharacters } from './first-characters.ts';
import { type Captured, readGrok } from './grok.ts';
import { parsePattern } from './pattern-syntax.ts';
import type { Shape } from './shape.ts';
import { COLUMN_PARTS, type ColumnContext, ownLevel, type TakeColumn } from './shape-columns.ts';
import { ShapeError } from './shape-error.ts';

interface Column extends Captured {
  readonly take: TakeColumn | undefined;
}

/** A shape with what its lines share. */
interface Compiled {
  readonly shape: Shape;
  readonly columns: readonly Column[];
  readonly match: (line: string) => RegExpExecArray | null;
  readonly absent: ReadonlySet<string>;
}

/**
 * Turns a shape into a format of lines. Its patterns must be proven linear (`proveLinear`), because they run on
 * JavaScript's engine, which backtracks.
 *
 * Throws `ShapeError` if the pattern is not a regular expression of known tokens, or if `payload`, `stream`, `partial` or
 * `durationSum` name a column that it lacks.
 */
export function compileShape(shape: Shape): LineFormat {
  const { source, captured } = readGrok(shape.pattern);
  requireColumns(shape, captured);
  const compiled: Compiled = {
    shape,
    columns: captured.map((column) => ({ ...column, take: COLUMN_PARTS.get(column.column) })),
    match: matcherOf(source),
    absent: new Set(['', ...(shape.absent ?? ['-'])]),
  };
  return shape.payload === undefined ? recordFormat(compiled) : wrapperFormat(compiled, shape.payload);
}

/** A line that cannot begin the pattern is refused by its first character, which costs a hundredth of a match. */
function matcherOf(source: string): Compiled['match'] {
  const pattern = wholeLine(source);
  const first = firstCharacters(automatonOf(parsePattern(source)));
  return (line) => (canBegin(first, line) ? pattern.exec(line) : null);
}

function wholeLine(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 's');
  } catch (error) {
    throw new ShapeError(`expected a regular expression, got one that does not compile: ${String(error)}`);
  }
}

function requireColumns({ payload, stream = [], partial, durationSum }: Shape, captured: readonly Captured[]): void {
  const names = new Set(captured.map(({ column }) => column));
  for (const name of [payload, ...stream, partial?.column, ...(durationSum?.columns ?? [])]) {
    if (name === undefined || names.has(name)) continue;
    throw new ShapeError(`expected a pattern with the column ${name}, got one with ${[...names].join(', ') || 'none'}`);
  }
}

function recordFormat(compiled: Compiled): RecordFormat {
  const { name, continues } = compiled.shape;
  const continuing = continues === undefined ? undefined : wholeLine(readGrok(continues).source);
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
        ...(continuing === undefined ? {} : { continues: (line: string) => continuing.test(line) }),
      };
    },
  };
}

function wrapperFormat(compiled: Compiled, payloadColumn: string): WrapperFormat {
  const { name, stream = [], partial } = compiled.shape;
  return {
    kind: 'wrapper',
    name,
    open: (times) => {
      const context = contextOf(compiled.shape, times);
      return (line) => {
        const match = compiled.match(line);
        if (match === null) return null;
        const value = (column: string) => capturedValue(match, compiled.columns, column);
        const payload = value(payloadColumn);
        const outer = recordFrom(match, line, compiled, context);
        outer.message = payload;
        if (outer.level === 'UNKNOWN') outer.level = spokenLevel(payload);
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

/** Several groups may have one name, of which one matches. */
function capturedValue(match: RegExpExecArray, columns: readonly Column[], name: string): string {
  const index = columns.findIndex(({ column }, at) => column === name && match[at + 1] !== undefined);
  return match[index + 1] ?? '';
}

function recordFrom(
  match: RegExpExecArray,
  line: string,
  { shape, columns, absent }: Compiled,
  context: ColumnContext,
): LogRecord {
  const record = recordOf({ message: line });
  const taken = new Set<TakeColumn>();
  for (let index = 0; index < columns.length; index++) {
    const text = match[index + 1];
    const captured = columns[index];
    if (text === undefined || captured === undefined) continue;
    const { column, take, isQuoted, isNumber } = captured;
    const value = isQuoted ? unquoted(text) : text;
    // A spelling of the level may be a value that otherwise means absence: Redis writes `-` for verbose.
    if (absent.has(value) && !(column === 'level' && ownLevel(context.levels, value) !== undefined)) continue;
    if (column === shape.payload) continue;
    // Of several columns for one part, the first that fits fills it.
    if (take !== undefined && !taken.has(take) && take(record, value, context)) taken.add(take);
    else setField(record.fields, column, isNumber ? numberOf(value) : value);
  }
  if (shape.durationSum !== undefined) record.responseTimeMs ??= sumOf(record.fields, shape.durationSum);
  if (record.level === 'UNKNOWN') record.level = shape.level ?? statusLevel(record);
  record.service ??= shape.service ?? null;
  return record;
}

/** Returns the number of a value, or the value if it has none or loses digits. */
function numberOf(value: string): number | string {
  const number = Number(value);
  return value.trim() !== '' && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value;
}

/** The status implies the level unless the line has one that is not known. */
function statusLevel({ status, fields }: LogRecord) {
  return status === null || 'level' in fields ? 'UNKNOWN' : levelOfStatus(status);
}

function sumOf(fields: Record<string, unknown>, { columns, unit }: NonNullable<Shape['durationSum']>): number | null {
  let sum = 0;
  for (const column of columns) {
    const part = durationMs(fields[column], unit);
    if (part === null) return null;
    sum += part;
  }
  // Parts are rounded to twelve digits, and their sum again.
  return durationMs(sum, 'ms');
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(["\\])/g, '$1') : inner;
}
