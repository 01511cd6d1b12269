import { MAX_RECORD_BYTES } from '../limits.ts';
import type { LineEnd } from '../split-lines.ts';

/** The text of one CSV row, or of one line that cannot be part of a row. */
export interface CsvRow {
  text: string;
  kind: 'plain' | 'quoted' | 'damaged';
  columns: number;
  truncatedBytes: number;
}

/** State at the end of a line: complete row, inside a quoted column, or text right after a closing quote. */
type RowState = 'complete' | 'open' | 'damaged';

interface LineScan {
  state: RowState;
  delimiters: number;
}

/** Scans the columns of one line. `isOpen` says that the line begins inside a quoted column. */
type ScanLine = (text: string, delimiter: string, isOpen: boolean) => LineScan;

interface HeldLine {
  text: string;
  end: LineEnd;
  truncatedBytes: number;
  /** The scan of the line as the first line of a row; null until it is needed. */
  asFirst: LineScan | null;
  /** Characters of all held lines before this one. */
  startsAt: number;
  /** Delimiters in all held lines up to the end of this one, each scanned from inside a quoted column. */
  insideDelimiters: number;
}

/** Number of lines that leave the front of the queue before the queue is compacted. */
const CUT_AFTER_LINES = 1_000;

/**
 * Joins lines into rows: a quoted column may contain line ends. A quote that is never closed, or is closed right before
 * more text, damages only the line it began on; the next line is tried as the first of a row.
 *
 * Runs in time linear in the bytes. A line is scanned at most twice: as the first of a row, and from inside a quoted
 * column. Each held line but the first leaves the quote open when it is scanned from inside. The line that closes the
 * row of the first held line therefore closes the row of every other held line too, and after the first line is given
 * up no other line is scanned again.
 */
export class CsvRows {
  readonly #delimiter: string;
  readonly #take: (row: CsvRow) => void;
  readonly #maxLength: number;
  readonly #scan: ScanLine;
  /** The lines of an open row, from `#first` on. */
  #held: HeldLine[] = [];
  #first = 0;
  #heldLength = 0;
  #insideDelimiters = 0;

  /** @param maxLength of a row in characters, including line ends; tests replace it, and `scan` to count the calls */
  constructor(delimiter: string, take: (row: CsvRow) => void, maxLength = MAX_RECORD_BYTES, scan: ScanLine = scanLine) {
    this.#delimiter = delimiter;
    this.#take = take;
    this.#maxLength = maxLength;
    this.#scan = scan;
  }

  line(text: string, end: LineEnd, truncatedBytes: number): void {
    const isFirst = this.#held.length === 0;
    if (isFirst && truncatedBytes === 0 && !text.includes('"')) {
      this.#take({ text, kind: 'plain', columns: countOf(text, this.#delimiter) + 1, truncatedBytes: 0 });
      return;
    }
    this.#settle(this.#hold({ text, end, truncatedBytes, isFirst }));
  }

  end(): void {
    this.#settle('ended');
  }

  /** Holds a line. Returns the state of the row of all held lines. */
  #hold({ isFirst, ...line }: Pick<HeldLine, 'text' | 'end' | 'truncatedBytes'> & { isFirst: boolean }): RowState {
    const inside = isFirst || line.truncatedBytes > 0 ? null : this.#scan(line.text, this.#delimiter, true);
    this.#insideDelimiters += inside?.delimiters ?? 0;
    const { text, end } = line;
    this.#held.push({
      ...line,
      asFirst: null,
      startsAt: this.#heldLength,
      insideDelimiters: this.#insideDelimiters,
    });
    this.#heldLength += text.length + end.length;
    return inside?.state ?? 'damaged';
  }

  /** Takes lines off the front until the first one opens a row that may still be completed. */
  #settle(last: RowState | 'ended'): void {
    for (; this.#first < this.#held.length; this.#first++) {
      const line = this.#held[this.#first] as HeldLine; // The index is below the length.
      const scan = this.#scanAsFirst(line);
      const isLast = this.#first === this.#held.length - 1;
      const isTooLong = this.#heldLength - line.startsAt > this.#maxLength;
      if (scan.state !== 'open' || isTooLong) this.#takeLine(line, scan);
      else if (last === 'open' || (isLast && last !== 'ended')) {
        this.#cut();
        return;
      } else if (last === 'complete') {
        this.#takeRow(line, scan);
        break;
      } else this.#takeLine(line, scan);
    }
    this.#startAnew();
  }

  #scanAsFirst(line: HeldLine): LineScan {
    line.asFirst ??=
      line.truncatedBytes > 0 ? { state: 'damaged', delimiters: 0 } : this.#scan(line.text, this.#delimiter, false);
    return line.asFirst;
  }

  /** Emits a row of one line, or a line that is not a row. */
  #takeLine({ text, truncatedBytes }: HeldLine, { state, delimiters }: LineScan): void {
    const isRow = state === 'complete';
    const kind = text.includes('"') ? 'quoted' : 'plain';
    this.#take({ text, kind: isRow ? kind : 'damaged', columns: isRow ? delimiters + 1 : 0, truncatedBytes });
  }

  #takeRow(first: HeldLine, { delimiters }: LineScan): void {
    this.#take({
      text: joined(this.#held.slice(this.#first)),
      kind: 'quoted',
      columns: delimiters + this.#insideDelimiters - first.insideDelimiters + 1,
      truncatedBytes: 0,
    });
  }

  /** Frees the lines that have left the front. It runs rarely enough that the copying stays linear. */
  #cut(): void {
    if (this.#first < CUT_AFTER_LINES || this.#first * 2 < this.#held.length) return;
    this.#held = this.#held.slice(this.#first);
    this.#first = 0;
  }

  #startAnew(): void {
    this.#held = [];
    this.#first = 0;
    this.#heldLength = 0;
    this.#insideDelimiters = 0;
  }
}

function joined(lines: readonly HeldLine[]): string {
  return lines.map(({ text, end }, index) => (index < lines.length - 1 ? text + end : text)).join('');
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count++;
  return count;
}

/** Scans the columns of one line once. */
export function scanLine(text: string, delimiter: string, isOpen: boolean): LineScan {
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

/** Returns the index of the next quote that is not doubled, or -1. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
