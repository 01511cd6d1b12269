import type { LogRecord } from '../../log-record.ts';
import { withoutColours } from '../ansi.ts';
import { durationMs } from '../durations.ts';
import type { FileTimes } from '../file-times.ts';
import { spokenLevel } from '../formats/syslog-priority.ts';
import { levelOfStatus } from '../levels.ts';
import type { LineFormat, RecordFormat, WrapperFormat } from '../line-format.ts';
import { TimestampReader } from '../timestamps.ts';
import { automatonOf } from './automaton.ts';
import { type CharacterTable, canBegin, firstCharacters } from './first-characters.ts';
import { type Continuing, FurtherLines } from './further-lines.ts';
import { type Captured, readGrok } from './grok.ts';
import { columnsOf, LinePattern, type Matcher } from './line-pattern.ts';
import { headOf } from './pattern-facts.ts';
import { parsePattern } from './pattern-syntax.ts';
import type { Shape } from './shape.ts';
import type { ColumnContext } from './shape-columns.ts';
import { ShapeError } from './shape-error.ts';
import { ShownStreams } from './shown-streams.ts';

/** A shape with what its lines share. */
interface Compiled {
  readonly shape: Shape;
  readonly pattern: LinePattern;
  /** The pattern's regular expression. */
  readonly source: string;
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
  const compiled: Compiled = { shape, source, pattern: new LinePattern(captured, matcherOf(source), shape.absent) };
  return shape.payload === undefined ? recordFormat(compiled) : wrapperFormat(compiled, shape.payload);
}

/**
 * A line that cannot begin the pattern is refused by its first character, which costs a hundredth of a match. These
 * characters cost most of what compiling does, so they are found when the first line comes.
 */
function matcherOf(source: string): Matcher {
  const pattern = wholeLine(source);
  let first: CharacterTable | undefined;
  return (line) => {
    first ??= firstCharacters(automatonOf(headOf(parsePattern(source), 1)));
    return canBegin(first, line) ? pattern.exec(line) : null;
  };
}

function wholeLine(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 's');
  } catch (error) {
    throw new ShapeError(`expected a regular expression, got one that does not compile: ${String(error)}`);
  }
}

function requireColumns(
  { payload, stream = [], partial, durationSum, instant = '' }: Shape,
  captured: readonly Captured[],
): void {
  const names = new Set(captured.map(({ column }) => column));
  for (const name of [payload, ...stream, partial?.column, ...(durationSum?.columns ?? []), ...columnsOf(instant)]) {
    if (name === undefined || names.has(name)) continue;
    throw new ShapeError(`expected a pattern with the column ${name}, got one with ${[...names].join(', ') || 'none'}`);
  }
}

function recordFormat(compiled: Compiled): RecordFormat {
  const { shape, pattern } = compiled;
  const { name, further = [] } = shape;
  const continuing = continuingOf(shape, pattern);
  const furtherLines = new FurtherLines(
    further.map((text) => {
      const { source, captured } = readGrok(text);
      return new LinePattern(captured, matcherOf(source), shape.absent);
    }),
    continuing,
  );
  return {
    kind: 'record',
    name,
    lines: compiled.source,
    open: (times) => {
      const context = contextOf(shape, times);
      return {
        parse: (line) => {
          const match = pattern.match(line);
          return match === null ? null : completed(pattern.record(match, line, context), match, compiled, context);
        },
        ...(continuing === null && further.length === 0
          ? {}
          : { continues: (line: string, lines: readonly string[]) => furtherLines.continue(line, lines) }),
        ...(further.length === 0
          ? {}
          : { finish: (record: LogRecord, lines: readonly string[]) => furtherLines.finish(record, lines, context) }),
      };
    },
  };
}

function continuingOf({ continues, continuesAfter, continuesSame }: Shape, first: LinePattern): Continuing | null {
  if (continues === undefined) return null;
  const { source, captured } = readGrok(continues);
  const whole = wholeLine(source);
  return {
    pattern: new LinePattern(captured, (line) => whole.exec(line)),
    after: continuesAfter === undefined ? null : wholeLine(continuesAfter),
    same:
      continuesSame === undefined
        ? null
        : { column: continuesSame.column, except: new RegExp(continuesSame.except, 'g'), first },
  };
}

function wrapperFormat({ shape, pattern, source }: Compiled, payloadColumn: string): WrapperFormat {
  const { name, stream = [], partial, shownBy } = shape;
  const shows = shownBy === undefined ? null : wholeLine(shownBy);
  return {
    kind: 'wrapper',
    name,
    lines: source,
    open: (times) => {
      const context = contextOf(shape, times);
      const shown = new ShownStreams(shows);
      return (line) => {
        const match = pattern.match(line);
        if (match === null) return null;
        const value = (column: string) => pattern.value(match, column);
        const payload = value(payloadColumn);
        if (!shown.includes(line, stream.map(value).join(' '), payload)) return null;
        const outer = completed(
          pattern.record(match, line, context, payloadColumn),
          match,
          { shape, pattern },
          context,
        );
        outer.message = payload;
        if (outer.level === 'UNKNOWN') outer.level = spokenLevel(withoutColours(payload));
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

/** Sets what a shape makes of several columns, or gives to all its records. */
function completed(
  record: LogRecord,
  match: RegExpExecArray,
  { shape, pattern }: Pick<Compiled, 'shape' | 'pattern'>,
  { timestamps }: ColumnContext,
): LogRecord {
  if (shape.instant !== undefined) {
    record.timestamp = timestamps.column(pattern.fill(shape.instant, match));
    if (record.timestamp !== null) for (const column of columnsOf(shape.instant)) delete record.fields[column];
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
    const part = durationMs(fields[column], unit);
    if (part === null) return null;
    sum += part;
  }
  // Parts are rounded to twelve digits, and their sum again.
  return durationMs(sum, 'ms');
}
