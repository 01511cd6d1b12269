import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OriginUnavailable, SchemaMismatch } from '../errors.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { CONNECT_TIMEOUT_MS } from './connections.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { missingOf, prepareRecord, readApplied, recordMigration } from './schema-record.ts';
import { asOriginError, codeOf } from './unavailable.ts';

export interface MigrateOptions {
  /** Defaults to the files of the folder `migrations`. */
  readonly migrations?: readonly Migration[];
  /**
   * How long a statement may wait for a table lock, in ms. All readers and writers of the table queue behind it
   * meanwhile, so the time is short and the migration is retried. Defaults to 2,000.
   */
  readonly lockTimeoutMs?: number;
  /** Pause between two tries in ms, randomly extended to up to twice as long. Defaults to 1,000. */
  readonly pauseMs?: number;
}

/** Number of tries of one migration before the call rejects. Its callers call again. */
const MAX_TRIES = 10;
/** Maximum wait for another migrating process before the call rejects. Its callers call again. */
const WAIT_FOR_OTHER_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** SQLSTATEs that Postgres raises when `lock_timeout` passes or when it ends this session to resolve a deadlock. */
const LOCK_CONFLICTS = new Set(['55P03', '40P01']);

/**
 * Applies the missing migrations in order, each in its own transaction, except that an index built concurrently is
 * built outside one. The next call of any process continues after a process was killed.
 *
 * A database with migrations unknown to this code is accepted if each of them allows code of this version.
 *
 * Rejects with `SchemaMismatch` if the database does not fit this code, and with `OriginUnavailable` if it cannot
 * answer now, if another process takes long to migrate it, or if a table stays locked.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<void> {
  const { migrations = await readMigrations(), lockTimeoutMs = 2_000, pauseMs = 1_000 } = options;
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'pilotlight migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Building an index of a large table takes longer than any default limit of the server.
    options: '-c client_min_messages=warning -c statement_timeout=0',
  });
  // A lost connection also rejects the running query, which reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await refuseOtherEncoding(client);
    if (await lockUnlessCurrent(client, migrations)) await applyMissing(client, { migrations, lockTimeoutMs, pauseMs });
  } catch (error) {
    throw asOriginError(error);
  } finally {
    // Ends the session, and with it the advisory lock.
    await client.end();
  }
}

/**
 * Takes the migration lock. Returns false without the lock once no migration is missing.
 *
 * It polls instead of waiting in the server: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY in the
 * session with the lock waits for all older snapshots to end, so the two would wait for each other.
 */
async function lockUnlessCurrent(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < WAIT_FOR_OTHER_MS; ) {
    const applied = await readApplied(client);
    if (applied !== null && missingOf(applied, migrations).length === 0) return false;
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      ADVISORY_LOCKS.migration,
    ]);
    if (rows[0]?.locked === true) return true;
    await sleep(LOOK_EVERY_MS * (0.5 + Math.random()));
  }
  throw new OriginUnavailable(
    `another process has been migrating the database for ${WAIT_FOR_OTHER_MS} ms; find its session in pg_stat_activity by application_name "pilotlight migrate"`,
  );
}

async function applyMissing(client: pg.Client, options: Required<MigrateOptions>): Promise<void> {
  await prepareRecord(client);
  for (const migration of missingOf((await readApplied(client)) ?? [], options.migrations)) {
    if (migration.concurrentIndex === null) await applyInTransaction(client, migration, options);
    else await applyConcurrently(client, migration, migration.concurrentIndex);
  }
}

async function applyInTransaction(
  client: pg.Client,
  migration: Migration,
  { lockTimeoutMs, pauseMs }: Required<MigrateOptions>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query(`BEGIN; SET LOCAL lock_timeout = ${Number(lockTimeoutMs)}`);
      await client.query(migration.sql);
      await recordMigration(client, migration);
      await client.query('COMMIT');
      return;
    } catch (error) {
      if (!LOCK_CONFLICTS.has(codeOf(error) ?? '')) throw error;
      await client.query('ROLLBACK');
      if (tries === MAX_TRIES) {
        throw new OriginUnavailable(
          `migration ${migration.name} could not lock its table: ${tries} tries of ${lockTimeoutMs} ms each timed out; end the transaction that holds the lock (see pg_stat_activity)`,
          { cause: error },
        );
      }
      // Lets the statements that queue behind the lock run first.
      await sleep(pauseMs * (1 + Math.random()));
    }
  }
}

/** Builds or drops an index while the table is in use. Removes the remains of an interrupted try first. */
async function applyConcurrently(
  client: pg.Client,
  migration: Migration,
  { name, action }: NonNullable<Migration['concurrentIndex']>,
): Promise<void> {
  // Waiting for the transactions that use the table blocks no other reader or writer.
  await client.query('SET lock_timeout = 0');
  const { rows } = await client.query<{ isValid: boolean }>(
    'SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  );
  const isBuilt = rows[0]?.isValid;
  if (action === 'create' && isBuilt === false) await client.query(`DROP INDEX CONCURRENTLY ${name}`);
  if (action === 'drop' || isBuilt !== true) await client.query(migration.sql);
  await recordMigration(client, migration);
}

async function refuseOtherEncoding(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new SchemaMismatch(`expected a database with encoding UTF8, got ${encoding}; create it with ENCODING 'UTF8'`);
}
