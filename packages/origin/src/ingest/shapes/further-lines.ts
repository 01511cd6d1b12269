import type { LogRecord } from '../../log-record.ts';
import type { LinePattern } from './line-pattern.ts';
import type { ColumnContext } from './shape-columns.ts';

/** The lines after the first of a shape's record. */
export class FurtherLines {
  readonly #patterns: readonly LinePattern[];
  readonly #continues: RegExp | null;

  /**
   * @param patterns Lines that add their columns to the record, each once.
   * @param continues Lines that only continue it.
   */
  constructor(patterns: readonly LinePattern[], continues: RegExp | null) {
    this.#patterns = patterns;
    this.#continues = continues;
  }

  /** Returns whether a line continues the record of the lines so far. A second line of one pattern only does by `continues`. */
  continue(line: string, lines: readonly string[]): boolean {
    const pattern = this.#patternOf(line);
    if (pattern !== undefined && !lines.slice(1).some((earlier) => pattern.match(earlier) !== null)) return true;
    return this.#continues?.test(line) === true;
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
