import { comparable, isAlias } from '../column-names.ts';
import { MAX_COLUMNS } from '../limits.ts';
import { headerlessColumns, isKnownHeader } from '../schemas/tables.ts';
import { parseRows } from './csv.ts';
import { type CsvRow, CsvRows } from './csv-rows.ts';

const DELIMITERS = [',', '\t', ';'] as const;
/** Minimum share of rows that must have as many columns as the header. */
const EVEN_SHARE = 0.8;
const SAMPLE_ROWS = 100;
/** Number of rows that decide whether a table has no header. */
const HEADERLESS_ROWS = 10;
/** A column name: words that do not begin with a digit. */
const NAME = /^[\p{L}_@#$*][\p{L}\p{M}\p{N} _.@#$*:/()%&'+-]{0,99}$/u;

/** Returns the delimiter if the lines are CSV rows under a header, else null. */
export function recogniseDelimiter(lines: readonly string[]): string | null {
  return DELIMITERS.find((delimiter) => isTable(lines, delimiter)) ?? null;
}

/**
 * Returns the columns of a table without a header (PostgreSQL's csvlog) if most of the first rows are its rows, else
 * null. Its delimiter is the comma.
 */
export function recogniseHeaderless(lines: readonly string[]): readonly string[] | null {
  if (!lines.some((line) => line.includes(','))) return null;
  const rows = sampleRows(lines, ',').slice(0, HEADERLESS_ROWS);
  const texts = rows
    .filter(({ kind, columns }) => kind !== 'damaged' && columns <= MAX_COLUMNS)
    .map(({ text }) => text);
  const found = parseRows(texts, ',').map((row) => (row === null ? null : headerlessColumns(row)));
  const columns = found.find((names) => names !== null);
  return columns !== undefined && found.filter((names) => names === columns).length * 2 > rows.length ? columns : null;
}

function isTable(lines: readonly string[], delimiter: string): boolean {
  if (lines[0]?.includes(delimiter) !== true) return false;
  const [header, ...others] = sampleRows(lines, delimiter);
  if (header === undefined || others.length === 0 || !isHeader(header, delimiter)) return false;
  if (isKnownHeader(parseRows([header.text], delimiter)[0] ?? [])) return true;
  const even = others.filter(({ kind, columns }) => kind !== 'damaged' && columns === header.columns).length;
  return even >= others.length * EVEN_SHARE;
}

/** Returns the first rows of lines, without blank lines. */
function sampleRows(lines: readonly string[], delimiter: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const framed = new CsvRows(delimiter, (row) => rows.push(row));
  for (const line of lines) {
    framed.line(line, '\n', 0);
    if (rows.length > SAMPLE_ROWS) break;
  }
  if (rows.length <= SAMPLE_ROWS) framed.end();
  return rows.filter(({ text }) => text !== '');
}

/**
 * Returns whether a row is a header: unique names only. The words of a name begin with capitals, unless some name shows
 * that the file is a log. Names with blanks around them (`Hello, world`) count only if two names show it.
 */
function isHeader(header: CsvRow, delimiter: string): boolean {
  const names =
    header.kind === 'damaged' || header.columns > MAX_COLUMNS ? null : parseRows([header.text], delimiter)[0];
  if (names == null || names.length < 2) return false;
  const trimmed = names.map((name) => name.trim());
  if (new Set(trimmed).size !== names.length || !trimmed.every((name) => NAME.test(name))) return false;
  const isTight = names.every((name, index) => name === trimmed[index]);
  const aliases = trimmed.filter((name) => isAlias(comparable(name))).length;
  // `Contact Phone Number` is a name, `Starting up` begins a sentence.
  const isOfNames = trimmed.every((name) => !/ \p{Ll}/u.test(name));
  return (isTight && (isOfNames || aliases > 0)) || aliases >= 2;
}
