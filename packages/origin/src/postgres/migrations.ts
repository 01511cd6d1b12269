import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** One file of the folder `migrations`: statements that are applied once to a database. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
  /**
   * Code that knows no migration of this version or later cannot use the database once this migration is applied. 0
   * means that any code can, because the migration only adds what older code does not read (it expands).
   */
  readonly minCompatibleVersion: number;
  /**
   * The index that the migration builds or drops with CONCURRENTLY, which Postgres allows only outside a transaction.
   * Null if all statements run in one transaction.
   */
  readonly concurrentIndex: { readonly name: string; readonly action: 'create' | 'drop' } | null;
}

const FOLDER = new URL('./migrations/', import.meta.url);

const MIN_COMPATIBLE = /^-- min-compatible-version: (\d+)$/m;
const CREATE_CONCURRENTLY = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+([a-z_]\w*)\s+ON\s/i;
const DROP_CONCURRENTLY = /^DROP\s+INDEX\s+CONCURRENTLY\s+IF\s+EXISTS\s+([a-z_]\w*)$/i;

/** Returns the migrations that this code knows, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(new URL(name, FOLDER), 'utf8'))),
  );
}

/**
 * Parses a migration.
 *
 * @param name File name; its number is the version.
 * @throws Error if the file uses CONCURRENTLY in any form but one `CREATE INDEX CONCURRENTLY name ON …` or one `DROP
 * INDEX CONCURRENTLY IF EXISTS name`.
 */
export function parseMigration(name: string, sql: string): Migration {
  return {
    version: Number.parseInt(name, 10),
    name,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
    minCompatibleVersion: Number(MIN_COMPATIBLE.exec(sql)?.[1] ?? 0),
    concurrentIndex: concurrentIndexOf(name, sql),
  };
}

function concurrentIndexOf(name: string, sql: string): Migration['concurrentIndex'] {
  const statements = sql.replaceAll(/--.*$/gm, '').trim().replace(/;$/, '');
  if (!/\bCONCURRENTLY\b/i.test(statements)) return null;
  const created = CREATE_CONCURRENTLY.exec(statements)?.[1];
  const dropped = DROP_CONCURRENTLY.exec(statements)?.[1];
  if (statements.includes(';') || (created === undefined && dropped === undefined)) {
    throw new Error(
      `migration ${name}: expected one statement, CREATE INDEX CONCURRENTLY name ON … or DROP INDEX CONCURRENTLY IF EXISTS name; move all other statements to a migration of their own`,
    );
  }
  return created === undefined ? { name: dropped ?? '', action: 'drop' } : { name: created, action: 'create' };
}
