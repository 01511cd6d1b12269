import { LONGEST_RECORD_BYTES } from '../limits.ts';
import type { LineEnd } from '../split-lines.ts';

/** A row of CSV as text: whole, or a line that cannot be one. */
export interface CsvRow {
  text: string;
  kind: 'plain' | 'quoted' | 'damaged';
  columns: number;
  truncatedBytes: number;
}

interface HeldLine {
  text: string;
  end: LineEnd;
  truncatedBytes: number;
}

/** Where a line leaves a row: complete, inside a quoted column, or with text right after a closing quote. */
type RowState = 'complete' | 'open' | 'damaged';

/**
 * Puts lines together to rows: a quoted column may hold line ends. A quote that is never closed, or closed before more
 * text, damages the line it began on alone: the lines after it are tried again.
 */
export class CsvRows {
  readonly #delimiter: string;
  readonly #take: (row: CsvRow) => void;
  #held: HeldLine[] = [];
  #heldLength = 0;
  #columns = 0;

  constructor(delimiter: string, take: (row: CsvRow) => void) {
    this.#delimiter = delimiter;
    this.#take = take;
  }

  line(text: string, end: LineEnd, truncatedBytes: number): void {
    const waiting: HeldLine[] = [{ text, end, truncatedBytes }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) this.#line(next, waiting);
  }

  end(): void {
    while (this.#held.length > 0) {
      const [first, ...others] = this.#release();
      if (first !== undefined) this.#damaged(first);
      for (const { text, end, truncatedBytes } of others) this.line(text, end, truncatedBytes);
    }
  }

  /** Takes a line; those that have to be tried again go on `waiting`, the first one last. */
  #line(line: HeldLine, waiting: HeldLine[]): void {
    const isFirst = this.#held.length === 0;
    if (isFirst && line.truncatedBytes === 0 && !line.text.includes('"')) {
      const columns = countOf(line.text, this.#delimiter) + 1;
      this.#take({ text: line.text, kind: 'plain', columns, truncatedBytes: 0 });
      return;
    }
    const scan = scanRow(line.text, this.#delimiter, !isFirst);
    this.#held.push(line);
    this.#heldLength += line.text.length + line.end.length;
    this.#columns += scan.delimiters;
    const isTooLong = this.#heldLength > LONGEST_RECORD_BYTES || line.truncatedBytes > 0;
    if (scan.state === 'open' && !isTooLong) return;
    const columns = this.#columns + 1;
    const held = this.#release();
    if (scan.state === 'complete' && !isTooLong) {
      this.#take({ text: joined(held), kind: 'quoted', columns, truncatedBytes: 0 });
      return;
    }
    const [first, ...others] = held;
    if (first !== undefined) this.#damaged(first);
    waiting.push(...others.reverse());
  }

  #damaged(line: HeldLine): void {
    this.#take({ text: line.text, kind: 'damaged', columns: 0, truncatedBytes: line.truncatedBytes });
  }

  #release(): HeldLine[] {
    const held = this.#held;
    this.#held = [];
    this.#heldLength = 0;
    this.#columns = 0;
    return held;
  }
}

/** The lines with the line ends between them. */
function joined(lines: readonly HeldLine[]): string {
  return lines.map(({ text, end }, index) => (index < lines.length - 1 ? text + end : text)).join('');
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count++;
  return count;
}

/** Walks over the columns of one line; `isOpen` when it begins inside a quoted column. */
function scanRow(text: string, delimiter: string, isOpen: boolean): { state: RowState; delimiters: number } {
  let at = 0;
  let inQuotes = isOpen;
  let delimiters = 0;
  for (;;) {
    if (!inQuotes && text[at] === '"') {
      inQuotes = true;
      at++;
    }
    if (inQuotes) {
      const close = closingQuote(text, at);
      if (close === -1) return { state: 'open', delimiters };
      inQuotes = false;
      at = close + 1;
      if (at === text.length) return { state: 'complete', delimiters };
      if (text[at] !== delimiter) return { state: 'damaged', delimiters };
    } else {
      const next = text.indexOf(delimiter, at);
      if (next === -1) return { state: 'complete', delimiters };
      at = next;
    }
    at++;
    delimiters++;
  }
}

/** The next quote that is not doubled; -1 when there is none. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
