import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { SchemaMismatch } from '../errors.ts';
import { CONNECT_TIMEOUT_MS } from './connections.ts';
import { asOriginError } from './unavailable.ts';

interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

const FOLDER = new URL('./migrations/', import.meta.url);

/** Any number; all processes that migrate the same database take this lock, one after the other. */
const MIGRATION_LOCK = 7_164_505;

/**
 * Applies the migrations that are missing, in order and in one transaction. Rejects with `SchemaMismatch` when the
 * database is newer than this code, when a migration that was applied has been edited since, or when it is not UTF-8.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const migrations = await readMigrations();
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'pilotlight migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c client_min_messages=warning',
  });
  // A lost connection also rejects the query that is under way, so nothing is missed here.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await applyMissing(client, migrations);
  } catch (error) {
    throw asOriginError(error);
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await refuseOtherEncoding(client);
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz DEFAULT now())`,
  );
  const { rows: applied } = await client.query<{ version: number; name: string; checksum: string }>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  for (const row of applied) refuseUnknown(row, migrations);
  const done = new Set(applied.map((row) => row.version));
  for (const migration of migrations.filter(({ version }) => !done.has(version))) {
    await client.query(migration.sql);
    await client.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
  }
  await client.query('COMMIT');
}

function refuseUnknown(
  applied: { version: number; name: string; checksum: string },
  known: readonly Migration[],
): void {
  const same = known.find(({ version }) => version === applied.version);
  if (same === undefined) {
    throw new SchemaMismatch(
      `the database has migration ${applied.name}, this code knows up to ${known.at(-1)?.name}: it is older than the database; run a newer version`,
    );
  }
  if (same.checksum !== applied.checksum) {
    throw new SchemaMismatch(
      `migration ${applied.name} was edited after it was applied (checksum ${applied.checksum}, now ${same.checksum}); restore it and add a new migration instead`,
    );
  }
}

async function refuseOtherEncoding(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new SchemaMismatch(`expected a database with encoding UTF8, got ${encoding}; create it with ENCODING 'UTF8'`);
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, FOLDER), 'utf8');
      return {
        version: Number.parseInt(name, 10),
        name,
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      };
    }),
  );
}
