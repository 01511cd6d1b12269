import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineFormat } from '../line-format.ts';

interface ReadExample {
  readonly record: LogRecord;
  /** The payload of a wrapper. */
  readonly payload?: string;
}

/** Returns what a shape's format reads in an example of one or more lines, or null if they are not one record of it. */
export function readExample(format: LineFormat, example: string, times: FileTimes): ReadExample | null {
  if (format.kind === 'wrapper') {
    const unwrapped = format.open(times)(example);
    return unwrapped === null ? null : { record: unwrapped.outer, payload: unwrapped.payload };
  }
  if (format.kind === 'batch') return null;
  const parser = format.open(times);
  const lines = example.split('\n');
  const [first = '', ...rest] = lines;
  const record = parser.parse(first);
  if (record === null || record === 'header') return null;
  const isOne = rest.every((line, index) => parser.continues?.(line, lines.slice(0, index + 1)) === true);
  if (!isOne) return null;
  return { record: (rest.length > 0 ? parser.finish?.(record, lines) : null) ?? record };
}
