import type { Client } from 'pg';
import { SchemaMismatch } from '../errors.ts';
import type { Migration } from './migrations.ts';

/** A migration recorded as applied in the database, possibly by a newer release. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly minCompatibleVersion: number;
}

/** Returns the applied migrations in order, or null if the table that records them is missing or lacks columns. */
export async function readApplied(client: Client): Promise<AppliedMigration[] | null> {
  const { rows: columns } = await client.query(
    `SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') AND attname = 'min_compatible_version'`,
  );
  if (columns.length === 0) return null;
  const { rows } = await client.query<AppliedMigration>(
    `SELECT version, name, checksum, min_compatible_version AS "minCompatibleVersion" FROM schema_migrations ORDER BY version`,
  );
  return rows;
}

/**
 * Creates the table that records the applied migrations, or adds missing columns. Only the holder of the migration lock
 * may call it.
 */
export async function prepareRecord(client: Client): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz DEFAULT now());
     ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS min_compatible_version integer NOT NULL DEFAULT 0`,
  );
}

export async function recordMigration(client: Client, migration: Migration): Promise<void> {
  await client.query(
    'INSERT INTO schema_migrations (version, name, checksum, min_compatible_version) VALUES ($1, $2, $3, $4)',
    [migration.version, migration.name, migration.checksum, migration.minCompatibleVersion],
  );
}

/**
 * Returns the known migrations that the database lacks, in order.
 *
 * @throws SchemaMismatch if this code is older than an applied migration allows, or if a migration was edited after it
 * was applied.
 */
export function missingOf(applied: readonly AppliedMigration[], known: readonly Migration[]): Migration[] {
  for (const row of applied) refuseUnfit(row, known);
  const done = new Set(applied.map(({ version }) => version));
  return known.filter(({ version }) => !done.has(version));
}

function refuseUnfit(applied: AppliedMigration, known: readonly Migration[]): void {
  const same = known.find(({ version }) => version === applied.version);
  if (same !== undefined && same.checksum !== applied.checksum) {
    throw new SchemaMismatch(
      `migration ${applied.name} was edited after it was applied (checksum ${applied.checksum}, now ${same.checksum}); restore it and add a new migration instead`,
    );
  }
  const newest = known.at(-1);
  if (same !== undefined || applied.minCompatibleVersion <= (newest?.version ?? 0)) return;
  throw new SchemaMismatch(
    `the database has migration ${applied.name}, which requires code with migration ${applied.minCompatibleVersion} or later; this code has migrations up to ${newest?.name}: run a newer release`,
  );
}
