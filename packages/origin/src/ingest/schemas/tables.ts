import { ALL_SCHEMAS } from './all.ts';
import type { HeaderlessTable } from './schema.ts';

const HEADERLESS = ALL_SCHEMAS.flatMap(({ table }) => table ?? []);
const KNOWN_HEADERS = new Set(ALL_SCHEMAS.flatMap(({ header }) => (header === undefined ? [] : [header.join('\n')])));

/** Returns the columns of the table without a header that a row is of, or null. */
export function headerlessColumns(row: readonly string[]): readonly string[] | null {
  return HEADERLESS.find((table) => isRowOf(table, row))?.columns ?? null;
}

/** Returns whether a schema names exactly these columns, so that its rows may have more. */
export function isKnownHeader(names: readonly string[]): boolean {
  return KNOWN_HEADERS.has(names.join('\n'));
}

function isRowOf({ columns, minColumns, cells }: HeaderlessTable, row: readonly string[]): boolean {
  if (row.length < minColumns || row.length > columns.length) return false;
  return Object.entries(cells).every(([name, pattern]) => pattern.test(row[columns.indexOf(name)] ?? ''));
}
