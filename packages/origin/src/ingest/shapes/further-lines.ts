import type { LogRecord } from '../../log-record.ts';
import type { LinePattern } from './line-pattern.ts';
import type { ColumnContext } from './shape-columns.ts';

/** Which lines continue a record without columns of their own. */
export interface Continuing {
  readonly pattern: LinePattern;
  /** The line before. */
  readonly after: RegExp | null;
  /** A column whose value the first line has too, as `first` finds it there. */
  readonly same: { readonly column: string; readonly except: RegExp; readonly first: LinePattern } | null;
}

/** The lines after the first of a shape's record. */
export class FurtherLines {
  readonly #patterns: readonly LinePattern[];
  readonly #continuing: Continuing | null;

  /**
   * @param patterns Lines that add their columns to the record, each once.
   * @param continuing Lines that only continue it.
   */
  constructor(patterns: readonly LinePattern[], continuing: Continuing | null) {
    this.#patterns = patterns;
    this.#continuing = continuing;
  }

  /** Returns whether a line continues the record of the lines so far. A second line of one pattern only does by `continues`. */
  continue(line: string, lines: readonly string[]): boolean {
    const pattern = this.#patternOf(line);
    if (pattern !== undefined && !lines.slice(1).some((earlier) => pattern.match(earlier) !== null)) return true;
    return this.#continuing !== null && isContinuedBy(line, lines, this.#continuing);
  }

  /**
   * Adds the columns of the further lines to a record. The other lines follow its message, or are it if no line has a
   * message.
   */
  finish(record: LogRecord, lines: readonly string[], context: ColumnContext): LogRecord {
    const others: string[] = [];
    const used = new Set<LinePattern>();
    let hasMessage = record.message !== lines[0];
    for (const line of lines.slice(1)) {
      const pattern = this.#patternOf(line);
      const match = pattern?.match(line) ?? null;
      const isFirst = pattern !== undefined && !used.has(pattern) && !(hasMessage && pattern.has('message'));
      if (!isFirst || match === null) {
        others.push(line);
        continue;
      }
      used.add(pattern);
      pattern.add(match, record, context);
      hasMessage ||= pattern.has('message');
    }
    const before = hasMessage ? [record.message] : others.length === 0 ? lines : [];
    record.message = [...before, ...others].join('\n');
    return record;
  }

  #patternOf(line: string): LinePattern | undefined {
    return this.#patterns.find((pattern) => pattern.match(line) !== null);
  }
}

function isContinuedBy(line: string, lines: readonly string[], { pattern, after, same }: Continuing): boolean {
  const match = pattern.match(line);
  if (match === null || after?.test(lines.at(-1) ?? '') === false) return false;
  if (same === null || !pattern.matched(match, same.column)) return true;
  const first = same.first.match(lines[0] ?? '');
  const columnOf = (source: LinePattern, found: RegExpExecArray) =>
    source.value(found, same.column).replaceAll(same.except, '').trim();
  return first !== null && columnOf(same.first, first) === columnOf(pattern, match);
}
