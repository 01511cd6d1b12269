export type { PostgresClient, PostgresPool } from './pool.ts';
export type {
  ColumnValue,
  SelectorsOfRow,
  TableRow,
  WatchedTable,
  WatchedTables,
  WatchOptions,
} from './table-options.ts';
export { type TableWatch, unwatchTables, watchTables } from './watch-tables.ts';
