import type { FileTimes } from './file-times.ts';
import { Instants, isoOf } from './instants.ts';
import { TIMESTAMP_SHAPES, type TimestampShape } from './timestamp-shapes.ts';

/**
 * Reads instants from text and numbers. Use one per file: it caches the notation and the day of the previous instant.
 */
export class TimestampReader {
  readonly #instants: Instants;
  #last: TimestampShape | undefined;

  constructor(times: FileTimes) {
    this.#instants = new Instants(times);
  }

  /** Returns the instant written at `from` in a line and its end, or null. */
  prefix(line: string, from: number): { iso: string; end: number } | null {
    return this.#read(line, from, false);
  }

  /** Returns the instant that a whole column holds, or null. */
  column(value: unknown): string | null {
    if (typeof value === 'number') return isoOfEpoch(value);
    if (typeof value !== 'string') return null;
    const text = value.trim();
    const found = text.length <= 64 ? this.#read(text, 0, true) : null;
    return found?.end === text.length ? found.iso : null;
  }

  #read(text: string, from: number, isColumn: boolean): { iso: string; end: number } | null {
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

  #try(shape: TimestampShape, text: string, from: number, isColumn: boolean): { iso: string; end: number } | null {
    shape.pattern.lastIndex = from;
    const match = shape.pattern.exec(text);
    if (match === null || (isColumn && shape.pattern.lastIndex !== text.length)) return null;
    const end = shape.pattern.lastIndex;
    const iso = shape.read(match, this.#instants);
    return iso === null ? null : { iso, end };
  }
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
