import type { LogRecord } from '../log-record.ts';
import type { FileTimes } from './file-times.ts';
import { type Doubt, doubtOf, Instants, isoOf, type TimeDoubt } from './instants.ts';
import { TimeTail } from './time-tail.ts';
import { TIMESTAMP_SHAPES, type TimestampShape } from './timestamp-shapes.ts';

/** A time in a line or a column. */
export interface FoundTime {
  /** The instant, or null if it is not certain. */
  readonly iso: string | null;
  /** Offset behind the time's last character. */
  readonly end: number;
  /**
   * What to add to the record's fields if the instant is not certain: the time as written, and the zone or the date that
   * has several meanings.
   */
  readonly doubt: TimeDoubt | null;
}

/** Longest text that a column's time can have. */
const MAX_COLUMN_CHARACTERS = 80;

/**
 * Reads instants from text and numbers. Use one per file: it caches the notation and the day of the previous instant.
 */
export class TimestampReader {
  readonly #instants: Instants;
  readonly #tail = new TimeTail();
  #last: TimestampShape | undefined;

  constructor(times: FileTimes) {
    this.#instants = new Instants(times);
  }

  /** Returns the time written at `from` in a line, or null. */
  prefix(line: string, from: number): FoundTime | null {
    return this.#read(line, from, false);
  }

  /** Returns the instant that a whole column holds, or null. */
  column(value: unknown): string | null {
    return this.columnTime(value)?.iso ?? null;
  }

  /** Returns the time that a whole column holds, or null. */
  columnTime(value: unknown): FoundTime | null {
    if (typeof value === 'number') {
      const iso = isoOfEpoch(value);
      return iso === null ? null : { iso, end: 0, doubt: null };
    }
    if (typeof value !== 'string') return null;
    const text = value.trim();
    return text.length <= MAX_COLUMN_CHARACTERS ? this.#read(text, 0, true) : null;
  }

  #read(text: string, from: number, isColumn: boolean): FoundTime | null {
    const last = this.#last;
    if (last !== undefined) {
      const found = this.#try(last, text, from, isColumn);
      if (found !== null) return found;
    }
    for (const shape of TIMESTAMP_SHAPES) {
      if (shape === last || (shape.columnOnly === true && !isColumn)) continue;
      const found = this.#try(shape, text, from, isColumn);
      if (found === null) continue;
      this.#last = shape;
      return found;
    }
    return null;
  }

  #try(shape: TimestampShape, text: string, from: number, isColumn: boolean): FoundTime | null {
    shape.pattern.lastIndex = from;
    const match = shape.pattern.exec(text);
    if (match === null) return null;
    let end = shape.pattern.lastIndex;
    if (shape.hasTail) {
      this.#tail.read(text, end);
      end = this.#tail.end;
    }
    if (isColumn && end !== text.length) return null;
    const instant = shape.read(match, this.#instants, this.#tail);
    if (instant === null) return null;
    if (shape.isNumber === true && !isColumn && this.#isLate(instant)) return null;
    if (typeof instant === 'string') return { iso: instant, end, doubt: null };
    return { iso: null, end, doubt: doubtOf(text.slice(from, end), instant) };
  }

  /** Returns whether an instant is more than a day after the upload. */
  #isLate(instant: string | Doubt): boolean {
    return typeof instant === 'string' && Date.parse(instant) > this.#instants.times.years.latestMs;
  }
}

/** Gives a record the time that its line has. A time that is not certain stays in `fields`. */
export function setTime(record: LogRecord, { iso, doubt }: FoundTime): void {
  record.timestamp = iso;
  if (doubt !== null) Object.assign(record.fields, doubt);
}

/**
 * Returns the instant of a number of seconds, milliseconds, microseconds or nanoseconds since 1970 (2001 to 2286), or
 * null.
 */
function isoOfEpoch(value: number): string | null {
  for (const perSecond of [1, 1e3, 1e6, 1e9]) {
    const seconds = value / perSecond;
    if (seconds >= 1e9 && seconds < 1e10) return isoOf(Math.trunc(seconds * 1000));
  }
  return null;
}
