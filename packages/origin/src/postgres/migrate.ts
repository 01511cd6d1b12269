import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OriginUnavailable, SchemaMismatch } from '../errors.ts';
import { CONNECT_TIMEOUT_MS } from './connections.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { missingOf, prepareRecord, readApplied, recordMigration } from './schema-record.ts';
import { asOriginError, codeOf } from './unavailable.ts';

export interface MigrateOptions {
  /** Default: the files of the folder `migrations`. */
  readonly migrations?: readonly Migration[];
  /**
   * How long a statement may wait for the lock of a table, in ms. Every reader and writer of that table queues up behind
   * it meanwhile, so it is short, and the migration is tried again. Default 2,000.
   */
  readonly lockTimeoutMs?: number;
  /** The pause between two tries, in ms; up to twice as long, at random. Default 1,000. */
  readonly pauseMs?: number;
}

/** Any number; processes that migrate the same database hold this advisory lock, one after the other. */
const MIGRATION_LOCK = 7_164_505;
/** Tries of one migration before the call rejects; its callers call again. */
const MAX_TRIES = 10;
/** The longest wait for another process that migrates before the call rejects; its callers call again. */
const WAIT_FOR_OTHER_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Raised by Postgres when `lock_timeout` is over, or when it chose this session to end a deadlock. */
const LOCK_CONFLICTS = new Set(['55P03', '40P01']);

/**
 * Applies the migrations that are missing, in order, each in a transaction of its own (an index that is built
 * concurrently: outside one). A process that was killed half-way is continued by the next call of any process.
 *
 * A database with migrations that this code does not know is accepted as long as each of them allows code this old.
 *
 * Rejects with `SchemaMismatch` if the database does not fit this code, and with `OriginUnavailable` if it cannot answer
 * now, another process takes long to migrate it, or a table stays locked.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<void> {
  const { migrations = await readMigrations(), lockTimeoutMs = 2_000, pauseMs = 1_000 } = options;
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'pilotlight migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // An index of a large table takes longer than any limit that the server may have by default.
    options: '-c client_min_messages=warning -c statement_timeout=0',
  });
  // A lost connection also rejects the query that is under way, which reports it.
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
 * Takes the migration lock, or returns false as soon as nothing is missing.
 *
 * It asks again and again instead of waiting in the server: a statement that waits holds a snapshot, and CREATE INDEX
 * CONCURRENTLY in the session that has the lock waits for all older snapshots to end, so both would wait for each other.
 */
async function lockUnlessCurrent(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < WAIT_FOR_OTHER_MS; ) {
    const applied = await readApplied(client);
    if (applied !== null && missingOf(applied, migrations).length === 0) return false;
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.locked === true) return true;
    await sleep(LOOK_EVERY_MS * (0.5 + Math.random()));
  }
  throw new OriginUnavailable(
    `another process has migrated the database for ${WAIT_FOR_OTHER_MS} ms and is not done (pg_stat_activity, application_name "pilotlight migrate")`,
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
          `migration ${migration.name} got no lock of its table within ${lockTimeoutMs} ms, ${tries} times: a transaction that stays open holds it (pg_stat_activity)`,
          { cause: error },
        );
      }
      // Those who queued up behind it have their turn.
      await sleep(pauseMs * (1 + Math.random()));
    }
  }
}

/** Builds or drops an index while the table is read and written. What a try that was killed left behind is removed first. */
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
