import type { CacheManager } from '../cache-manager.ts';
import { systemClock } from '../model/clock.ts';
import type { Duration } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { ChangeRelay } from './change-relay.ts';
import { install, uninstall } from './install.ts';
import type { PostgresPool } from './pool.ts';
import { resolveWatch, schemaOf, type TableRow, type WatchedTables, type WatchOptions } from './table-options.ts';

/** Watched tables of this process. */
export interface TableWatch {
  /**
   * Resolves once every change that was committed before the call is applied: no process serves an answer from before
   * it. Rejects with `InvalidationPending` if that takes longer than `within`, by default 10 s.
   */
  caughtUp(within?: Duration): Promise<void>;
  /**
   * Hands over committed changes, for at most 5 s, and gives the connections back. The triggers stay: other processes, or
   * the next start, hand over the remaining changes.
   */
  stop(): Promise<void>;
}

/**
 * Invalidates the entries that depend on rows of Postgres tables whenever a committed transaction has changed the rows,
 * whichever program made the change. Triggers note each change in an outbox, in the same transaction; one of the processes
 * that watch hands it over to the invalidation log, at least once.
 *
 * Resolves once the triggers are in place. Installing is idempotent, and safe in several processes at a time. Rejects with
 * `InvalidArgument` if an option is invalid or a table does not exist, and with the error of the database if it refuses.
 *
 * @param pool a `Pool` of `pg`. One connection listens, and one more is used while changes are handed over
 * @param cache the cache whose entries depend on the tables
 * @param tables for each table, the selectors of the entries that depend on a row
 */
export function watchTables(
  pool: PostgresPool,
  cache: CacheManager,
  tables: WatchedTables<Readonly<Record<string, TableRow>>>,
  options?: WatchOptions,
): Promise<TableWatch>;
/** As above, for rows whose types the caller names: `(row: Product) => …`. */
export function watchTables<Rows>(
  pool: PostgresPool,
  cache: CacheManager,
  tables: WatchedTables<Rows>,
  options?: WatchOptions,
): Promise<TableWatch>;
export async function watchTables<Rows>(
  pool: PostgresPool,
  cache: CacheManager,
  tables: WatchedTables<Rows>,
  options: WatchOptions = {},
): Promise<TableWatch> {
  assertPool(pool);
  const { max } = pool.options ?? {};
  if (max !== undefined && max < 2) throw new InvalidArgument('pool', 'a Pool of pg with max 2 or more', max);
  if (typeof cache?.invalidate !== 'function') throw new InvalidArgument('cache', 'a CacheManager', cache);
  const watch = resolveWatch(tables, options);
  const installation = await install(pool, watch);
  const relay = new ChangeRelay({ ...watch, pool, cache, installation });
  return { caughtUp: (within) => relay.caughtUp(within), stop: () => relay.stop() };
}

/**
 * Drops the triggers and the outbox of a schema, with changes that were not handed over. Call it when no process watches
 * any more: the triggers would fill the outbox.
 */
export async function unwatchTables(pool: PostgresPool, options: Pick<WatchOptions, 'schema'> = {}): Promise<void> {
  assertPool(pool);
  assertKnownOptions('unwatchTables', options, ['schema']);
  await uninstall(pool, { schema: schemaOf(options.schema), clock: systemClock });
}

function assertPool(pool: unknown): void {
  const isPool = typeof pool === 'object' && pool !== null && 'connect' in pool && typeof pool.connect === 'function';
  if (!isPool) throw new InvalidArgument('pool', 'a Pool of pg', pool);
}
