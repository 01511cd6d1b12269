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
 * Invalidates everything if changes may be lost: they wait for a table that this process does not watch and seemingly no
 * other one does, or another server has taken over, which may lack the last commits.
 */
export async function handOverLost(options: HandOverOptions): Promise<void> {
  const { pool, schema, logger } = options;
  const timeline = await timelineOf(pool, logger);
  await withReadLock(options, async (client) => {
    const [seen] = await rowsOf<{ timeline: string | null }>(client, `SELECT timeline FROM ${schema}.installation`);
    if (timeline !== null && timeline !== seen?.timeline) {
      if (seen?.timeline != null) {
        logger.warn(
          `another Postgres server has taken over (timeline ${timeline}, before ${seen.timeline}): invalidating everything`,
        );
        await append(client, [{ all: true }], `timeline ${timeline}`, options);
      }
      await client.query(`UPDATE ${schema}.installation SET timeline = $1`, [timeline]);
    }
    const forgotten = await rowsOf<{ table: string; event: string }>(
      client,
      `DELETE FROM ${schema}.changes WHERE table_name <> ALL ($1::text[])
         AND noted_at < clock_timestamp() - interval '${FORGOTTEN_AFTER}' RETURNING table_name AS table, event::text AS event`,
      [[...options.installation.tables.keys()]],
    );
    const [first] = forgotten;
    if (first === undefined) return;
    logger.warn(
      `invalidating everything: ${forgotten.length} changes of ${first.table} were not handed over for ${FORGOTTEN_AFTER}; watch the table, or call unwatchTables`,
    );
    await append(client, [{ all: true }], `forgotten ${first.event}`, options);
  });
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

/** Returns the server's timeline, which rises with each failover, or null if the server does not tell it. */
async function timelineOf(pool: PostgresPool, logger: CacheLogger): Promise<string | null> {
  try {
    return await inTransaction(pool, SETTINGS, async (client) => {
      const query = 'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline';
      return (await rowsOf<{ timeline: string }>(client, query))[0]?.timeline ?? null;
    });
  } catch (error) {
    logger.debug(`the timeline of Postgres is unknown, so a failover is not noticed: ${String(error)}`);
    return null;
  }
}
