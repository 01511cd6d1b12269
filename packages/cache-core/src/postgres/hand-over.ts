import { createHash } from 'node:crypto';
import type { CacheManager } from '../cache-manager.ts';
import { InvalidationPending } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { Selector } from '../model/selector.ts';
import { readChanges, removeChanges, selectorsOf } from './changes.ts';
import { type Installation, lockKey, READ_LOCK } from './install.ts';
import { type PostgresPool, rowsOf, type Statements } from './pool.ts';
import { inTransaction } from './transaction.ts';

export interface HandOverOptions {
  readonly pool: PostgresPool;
  readonly cache: Pick<CacheManager, 'invalidate'>;
  readonly schema: string;
  readonly installation: Installation;
  readonly logger: CacheLogger;
}

/** The log takes that number of selectors at once. */
const SELECTORS_PER_APPEND = 1_000;
/**
 * A process that is frozen while it holds the read lock loses its session after this time, and another process takes
 * over.
 */
const SETTINGS = { idle_in_transaction_session_timeout: '10s', statement_timeout: '10s' };
/** Changes of a table that no process watches any more, after which everything is invalidated for them. */
const FORGOTTEN_AFTER = '10 minutes';
/** A deletion of that number, each with 256 kB, ends within the limit of a statement. */
const CHANGES_PER_DELETE = 1_000;

/**
 * Hands over the first changes of the outbox: appends their invalidations to the log and removes them, in this order, so a
 * process that dies in between repeats it. Returns the number of changes, or null if another process is at it.
 */
export async function handOver(options: HandOverOptions): Promise<number | null> {
  const { schema, installation, logger } = options;
  return await withReadLock(options, async (client) => {
    const changes = await readChanges(client, schema, [...installation.tables.keys()]);
    if (changes.length === 0) return 0;
    const batch = createHash('sha256').update(changes.map(({ event }) => event).join());
    await append(client, selectorsOf(changes, installation.tables, logger), batch.digest('hex'), options);
    await removeChanges(client, schema, changes);
    return changes.length;
  });
}

/**
 * Invalidates everything if changes may be lost: another server has taken over, which may lack the last commits, or they
 * wait for a table that this process does not watch and seemingly no other one does. Returns false if another process
 * reads the outbox at this moment.
 */
export async function handOverLost(options: HandOverOptions): Promise<boolean> {
  const looked = await withReadLock(options, async (client) => {
    await ifServerChanged(client, options);
    await ifForgotten(client, options);
    return true;
  });
  return looked === true;
}

async function ifServerChanged(client: Statements, options: HandOverOptions): Promise<void> {
  const { schema, logger } = options;
  const server = await serverOf(client, logger);
  const [seen] = await rowsOf<{ server: string | null }>(client, `SELECT server FROM ${schema}.installation`);
  if (server === null || server.identity === seen?.server) return;
  if (seen?.server != null) {
    logger.warn(`Postgres ${server.identity} replaces ${seen.server}, and may lack commits: invalidating everything`);
    // Two standbys of one primary may get the same timeline, so the instant of the start is a part of the id.
    await append(client, [{ all: true }], `server ${server.identity} ${server.startedAt}`, options);
  }
  await client.query(`UPDATE ${schema}.installation SET server = $1`, [server.identity]);
}

async function ifForgotten(client: Statements, options: HandOverOptions): Promise<void> {
  const { schema, logger } = options;
  const forgotten = `FROM ${schema}.changes WHERE table_name <> ALL ($1::text[])
    AND noted_at < clock_timestamp() - interval '${FORGOTTEN_AFTER}'`;
  const tables = [...options.installation.tables.keys()];
  const [first] = await rowsOf<{ table: string; event: string }>(
    client,
    `SELECT table_name AS table, event::text AS event ${forgotten} ORDER BY id LIMIT 1`,
    [tables],
  );
  if (first === undefined) return;
  await append(client, [{ all: true }], `forgotten ${first.event}`, options);
  const some = `DELETE FROM ${schema}.changes WHERE id = ANY (ARRAY(SELECT id ${forgotten} LIMIT ${CHANGES_PER_DELETE})) RETURNING id`;
  let count = 0;
  for (let deleted = CHANGES_PER_DELETE; deleted === CHANGES_PER_DELETE; count += deleted)
    deleted = (await rowsOf(client, some, [tables])).length;
  logger.warn(
    `invalidated everything: ${count} changes of ${first.table} were not handed over for ${FORGOTTEN_AFTER}; watch the table, or call unwatchTables`,
  );
}

/** Appends the invalidations in steps that the log takes, under ids that are the same when this is repeated. */
async function append(
  client: Statements,
  selectors: readonly Selector[],
  batch: string,
  { cache, installation }: HandOverOptions,
): Promise<void> {
  for (let from = 0; from < selectors.length; from += SELECTORS_PER_APPEND) {
    const eventId = `postgres:${installation.id}:${batch}:${from}`;
    const { state } = await cache.invalidate(selectors.slice(from, from + SELECTORS_PER_APPEND), { eventId });
    if (state === 'pending') throw new InvalidationPending('handing over changes of watched tables');
    // The session must not be idle for long, and the lock must still be held.
    await client.query('SELECT 1');
  }
}

async function withReadLock<Result>(
  { pool, schema }: HandOverOptions,
  work: (client: Statements) => Promise<Result>,
): Promise<Result | null> {
  return await inTransaction(pool, SETTINGS, async (client) => {
    const [lock] = await rowsOf<{ isHeld: boolean }>(
      client,
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, $2::bigint)) AS "isHeld"',
      lockKey(schema, READ_LOCK),
    );
    return lock?.isHeld === true ? await work(client) : null;
  });
}

/** A server, and the cluster and database in it. */
interface Server {
  /** Changes when a standby is promoted or a dump is restored. */
  readonly identity: string;
  /** When it was started. */
  readonly startedAt: string;
}

/** Its timeline rises when a standby is promoted. */
const SERVER = `SELECT concat_ws('/', system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8),
    (SELECT oid FROM pg_database WHERE datname = current_database())) AS identity,
  extract(epoch FROM pg_postmaster_start_time())::text AS "startedAt" FROM pg_control_system()`;

/** Returns the server of the transaction, or null if it refuses the question. */
async function serverOf(client: Statements, logger: CacheLogger): Promise<Server | null> {
  await client.query('SAVEPOINT server');
  try {
    return (await rowsOf<Server & object>(client, SERVER))[0] ?? null;
  } catch (error) {
    logger.debug(`the identity of Postgres is unknown, so a failover is not noticed: ${String(error)}`);
    await client.query('ROLLBACK TO SAVEPOINT server');
    return null;
  }
}
