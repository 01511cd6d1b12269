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

  /** Returns whether a line continues the record of the lines so far. A second line of one pattern does not. */
  continue(line: string, lines: readonly string[]): boolean {
    const pattern = this.#patternOf(line);
    if (pattern !== undefined) return !lines.slice(1).some((earlier) => pattern.match(earlier) !== null);
    return this.#continues?.test(line) === true;
  }

  /** Adds the columns of the further lines to a record. The other lines are its message if no pattern read one. */
  finish(record: LogRecord, lines: readonly string[], context: ColumnContext): LogRecord {
    const others: string[] = [];
    let hasMessage = false;
    for (const line of lines.slice(1)) {
      const pattern = this.#patternOf(line);
      const match = pattern?.match(line) ?? null;
      if (pattern === undefined || match === null) {
        others.push(line);
        continue;
      }
      pattern.add(match, record, context);
      hasMessage ||= pattern.has('message');
    }
    if (hasMessage) record.message = [record.message, ...others].join('\n');
    else if (others.length > 0) record.message = others.join('\n');
    else record.message = lines.join('\n');
    return record;
  }

  #patternOf(line: string): LinePattern | undefined {
    return this.#patterns.find((pattern) => pattern.match(line) !== null);
  }
}
