import { systemClock } from '../model/clock.ts';
import { type Duration, toMs } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { assertLogger, type CacheLogger, silentLogger } from '../model/logger.ts';
import type { Selector } from '../model/selector.ts';

/** A value of a column as JSON. A timestamp is its text, and so is an integer that a double cannot represent. */
export type ColumnValue =
  | string
  | number
  | boolean
  | null
  | readonly ColumnValue[]
  | { readonly [name: string]: ColumnValue };

/** A row of a table, by its columns. */
export type TableRow = Readonly<Record<string, ColumnValue>>;

/**
 * Returns the selectors of the entries that depend on a row. It is called with the row before and after each change.
 */
export type SelectorsOfRow<Row> = (row: Row) => readonly Selector[];

/** Options of a watched table. */
export interface WatchedTable<Row> {
  /** The columns that `selectors` uses. The outbox stores only these. Defaults to all columns. */
  readonly columns?: readonly (keyof Row & string)[];
  /** Returns the selectors of the entries that depend on a row. */
  readonly selectors: SelectorsOfRow<Row>;
  /**
   * Selects all entries that depend on the table: for a TRUNCATE, for a statement that changes more rows than
   * `maxRowsPerStatement`, and for a row that `selectors` rejects. Defaults to everything.
   */
  readonly whole?: readonly Selector[];
}

/** Watched tables by their names as SQL writes them, `products` or `shop.products`. */
export type WatchedTables<Rows> = {
  readonly [Table in keyof Rows]: SelectorsOfRow<Rows[Table]> | WatchedTable<Rows[Table]>;
};

/** Options of `watchTables`. */
export interface WatchOptions {
  /** Logs outages and rows without valid selectors. Default: silent. */
  readonly logger?: CacheLogger;
  /**
   * The schema of the outbox. Caches with different invalidation logs need different schemas: a change is handed over
   * to one of the processes that use a schema. Defaults to `cache_watch`.
   */
  readonly schema?: string;
  /** How often the outbox is polled, because notifications may get lost. Defaults to 1 s. */
  readonly pollEvery?: Duration;
  /** The number of rows of one statement beyond which it counts as a change of the whole table: at most 1,000,000. Defaults to 10,000. */
  readonly maxRowsPerStatement?: number;
}

/** A watched table with its defaults. */
export interface ResolvedTable {
  /** As the caller wrote it. */
  readonly name: string;
  /** Null for all columns. */
  readonly columns: readonly string[] | null;
  readonly selectors: SelectorsOfRow<object>;
  readonly whole: readonly Selector[];
}

export interface ResolvedWatch {
  readonly tables: readonly ResolvedTable[];
  readonly logger: CacheLogger;
  readonly schema: string;
  readonly pollMs: number;
  readonly maxRows: number;
  readonly clock: typeof systemClock;
}

const TABLE_OPTIONS = ['columns', 'selectors', 'whole'] as const satisfies (keyof WatchedTable<object>)[];
const OPTIONS = ['logger', 'schema', 'pollEvery', 'maxRowsPerStatement'] as const satisfies (keyof WatchOptions)[];
/** Names of schemas need no quotes, and leave room for the suffix of a trigger. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,40}$/;
const MIN_POLL_MS = 10;
/** The trigger holds that number of rows in memory, and adds to the number as an integer of 32 bits. */
const MAX_ROWS = 1_000_000;

/** @throws {InvalidArgument} naming the option that cannot be used */
export function resolveWatch<Rows>(tables: WatchedTables<Rows>, options: WatchOptions): ResolvedWatch {
  assertKnownOptions('watchTables', options, OPTIONS);
  const { logger = silentLogger, maxRowsPerStatement: maxRows = 10_000 } = options;
  assertLogger(logger);
  const pollMs = toMs('pollEvery', options.pollEvery ?? '1s');
  if (pollMs < MIN_POLL_MS) throw new InvalidArgument('pollEvery', `at least ${MIN_POLL_MS} ms`, pollMs);
  if (!Number.isSafeInteger(maxRows) || maxRows < 1 || maxRows > MAX_ROWS)
    throw new InvalidArgument('maxRowsPerStatement', `a whole number of rows from 1 to ${MAX_ROWS}`, maxRows);
  return {
    tables: resolveTables(tables),
    logger,
    schema: schemaOf(options.schema),
    pollMs,
    maxRows,
    clock: systemClock,
  };
}

/** @throws {InvalidArgument} for a name that would need quotes */
export function schemaOf(schema = 'cache_watch'): string {
  if (typeof schema !== 'string' || !SCHEMA.test(schema))
    throw new InvalidArgument('schema', '1 to 41 lower-case letters, digits and _', schema);
  return schema;
}

function resolveTables<Rows>(tables: WatchedTables<Rows>): ResolvedTable[] {
  if (typeof tables !== 'object' || tables === null || Object.keys(tables).length === 0)
    throw new InvalidArgument('tables', 'an object with at least one table', tables);
  return Object.entries(tables).map(([name, table]) => resolveTable(name, table));
}

function resolveTable(name: string, table: unknown): ResolvedTable {
  if (typeof table === 'function') return resolveTable(name, { selectors: table });
  assertKnownOptions(`the table ${name}`, table, TABLE_OPTIONS);
  const { columns, selectors, whole = [{ all: true }] } = table as WatchedTable<object>;
  if (typeof selectors !== 'function') throw new InvalidArgument(`${name}.selectors`, 'a function', selectors);
  if (!Array.isArray(whole) || whole.length === 0)
    throw new InvalidArgument(`${name}.whole`, 'a list of selectors', whole);
  const isList = Array.isArray(columns) && columns.length > 0 && columns.every((one) => typeof one === 'string');
  if (columns !== undefined && !isList)
    throw new InvalidArgument(`${name}.columns`, 'a list of names of columns', columns);
  return { name, columns: columns === undefined ? null : [...new Set(columns)], selectors, whole };
}
