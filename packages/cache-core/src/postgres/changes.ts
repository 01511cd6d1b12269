import type { CacheLogger } from '../model/logger.ts';
import { type Selector, type SelectorToken, toToken } from '../model/selector.ts';
import { rowsOf, type Statements } from './pool.ts';
import type { ResolvedTable } from './table-options.ts';

/** A record of the outbox: some of the rows that one statement changed. */
export interface Change {
  readonly id: string;
  /** Random, and unique over failovers. */
  readonly event: string;
  /** The table's name with its schema. */
  readonly table: string;
  /** The columns of the rows; null for all. */
  readonly columns: readonly string[] | null;
  /** Null for the whole table. */
  readonly rows: readonly object[] | null;
}

/** Records read at once: at most 16 MB of rows, and one larger row of each. */
const CHANGES_PER_READ = 64;

/** Returns the first changes of some tables: of one row in the order of their commits. */
export async function readChanges(
  client: Statements,
  schema: string,
  tables: readonly string[],
): Promise<readonly Change[]> {
  const rows = await rowsOf<Record<'id' | 'event' | 'table' | 'columns' | 'rows', string | null>>(
    client,
    `SELECT id::text AS id, event::text AS event, table_name AS table, to_json(columns)::text AS columns, rows::text AS rows
     FROM ${schema}.changes WHERE table_name = ANY ($1::text[]) ORDER BY changes.id LIMIT ${CHANGES_PER_READ}`,
    [tables],
  );
  return rows.map(({ id, event, table, columns, rows: items }) => ({
    id: id ?? '',
    event: event ?? '',
    table: table ?? '',
    columns: columns === null ? null : (parseExactly(columns) as string[]),
    rows: items === null ? null : (parseExactly(items) as object[]),
  }));
}

export async function removeChanges(client: Statements, schema: string, changes: readonly Change[]): Promise<void> {
  await client.query(`DELETE FROM ${schema}.changes WHERE id = ANY ($1::bigint[])`, [changes.map(({ id }) => id)]);
}

/** Returns the selectors of all rows of the changes, each once; `{ all: true }` alone if it is one of them. */
export function selectorsOf(
  changes: readonly Change[],
  tables: ReadonlyMap<string, ResolvedTable>,
  logger: CacheLogger,
): Selector[] {
  const found = new Map<SelectorToken, Selector>();
  const add = (selectors: readonly Selector[]) => {
    // All of them are checked first, so that none is added if one cannot be used.
    for (const [token, selector] of selectors.map((one) => [toToken(one), one] as const)) found.set(token, selector);
  };
  const rejected = new Set<string>();
  for (const change of changes) {
    const table = tables.get(change.table);
    if (!table) continue;
    if (change.rows === null || !hasColumns(change, table)) add(table.whole);
    else
      for (const row of change.rows) {
        try {
          add(table.selectors(row));
        } catch (error) {
          if (!rejected.has(change.table))
            logger.error(
              { err: error },
              `no selectors for a row of ${change.table}: invalidating the whole table instead`,
            );
          rejected.add(change.table);
          add(table.whole);
        }
      }
  }
  const all = found.get(ALL);
  return all ? [all] : [...found.values()];
}

const ALL = toToken({ all: true });

/** Returns whether the rows have the columns that this process needs; another release may have chosen others. */
function hasColumns({ columns }: Change, table: ResolvedTable): boolean {
  if (columns === null) return true;
  return table.columns?.every((column) => columns.includes(column)) ?? false;
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** As `JSON.parse`, except that an integer beyond the range of exact ones becomes its text. */
function parseExactly(text: string): unknown {
  const exact: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}
