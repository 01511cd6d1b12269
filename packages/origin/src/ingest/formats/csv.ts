import { parse } from 'csv-parse/sync';
import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { FormatReader } from '../format-reader.ts';
import { MAX_COLUMNS } from '../limits.ts';
import type { RecordSink } from '../record-sink.ts';
import { setField } from '../records.ts';
import { LineSplitter } from '../split-lines.ts';
import { type CsvRow, CsvRows } from './csv-rows.ts';

/** Rows parsed per call: starting csv-parse costs more than parsing further rows. */
const ROWS_AT_ONCE = 500;

/**
 * Reads CSV and TSV (RFC 4180) with a header, or with the given names. One row is one record whose columns have the header's names. A row may
 * have fewer or more columns than the header (`column_5`). A blank line, a row with damaged quotes, a row longer than
 * the longest record and a row of more than `MAX_COLUMNS` are kept raw. A value is the column's exact text, including
 * blanks and empty text.
 */
export class CsvReader implements FormatReader {
  readonly #delimiter: string;
  readonly #mapper: ColumnMapper;
  readonly #sink: RecordSink;
  readonly #lines: LineSplitter;
  readonly #rows: CsvRows;
  #header: readonly string[] | null;
  #waiting: CsvRow[] = [];

  /** @param header names of the columns; null if the first row has them */
  constructor(delimiter: string, times: FileTimes, sink: RecordSink, header: readonly string[] | null = null) {
    this.#delimiter = delimiter;
    this.#header = header;
    this.#mapper = new ColumnMapper(times);
    this.#sink = sink;
    this.#rows = new CsvRows(delimiter, (row) => this.#take(row));
    this.#lines = new LineSplitter((text, end, truncatedBytes) =>
      this.#rows.line(text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text, end, truncatedBytes),
    );
  }

  write(piece: Buffer): void {
    this.#lines.write(piece);
    this.#flush();
  }

  end(): void {
    this.#lines.end();
    this.#rows.end();
    this.#flush();
  }

  #take(row: CsvRow): void {
    this.#waiting.push(row.columns > MAX_COLUMNS ? { ...row, kind: 'damaged' } : row);
    if (this.#waiting.length >= ROWS_AT_ONCE) this.#flush();
  }

  #flush(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    const quoted = parseRows(
      rows.filter(({ kind }) => kind === 'quoted').map(({ text }) => text),
      this.#delimiter,
    );
    let nextQuoted = 0;
    for (const row of rows) {
      const values = row.kind === 'quoted' ? quoted[nextQuoted++] : plainValues(row, this.#delimiter);
      if (values === null || values === undefined) this.#sink.raw(row.text, row.truncatedBytes);
      else if (this.#header === null) this.#header = headerOf(values);
      else this.#sink.parsed(this.#mapper.record(columnsOf(this.#header, values), row.text));
    }
  }
}

/** Splits a row without quotes at the delimiters. Returns null for a blank line. */
function plainValues(row: CsvRow, delimiter: string): string[] | null {
  return row.kind === 'damaged' || row.text === '' ? null : row.text.split(delimiter);
}

/** Returns the values of each row, or null for a row that csv-parse rejects. */
export function parseRows(rows: readonly string[], delimiter: string): (string[] | null)[] {
  if (rows.length === 0) return [];
  const parsed = tryParse(rows.join('\n'), delimiter);
  if (parsed?.length === rows.length) return parsed;
  return rows.map((row) => {
    const alone = tryParse(row, delimiter);
    return alone?.length === 1 ? (alone[0] ?? null) : null;
  });
}

function tryParse(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true, relax_quotes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) return null;
    throw error;
  }
}

/** Returns the column names. Missing and repeated names are replaced by unique ones. */
function headerOf(values: readonly string[]): string[] {
  const names = new Set<string>();
  for (const [index, value] of values.entries()) {
    const name = value === '' ? `column_${index + 1}` : value;
    names.add(names.has(name) ? `${name} (column ${index + 1})` : name);
  }
  return [...names];
}

function columnsOf(header: readonly string[], values: readonly string[]): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const [index, value] of values.entries()) setField(columns, header[index] ?? `column_${index + 1}`, value);
  return columns;
}
