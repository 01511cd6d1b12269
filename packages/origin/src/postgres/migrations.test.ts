import { expect, test } from 'vitest';
import { type Migration, parseMigration, readMigrations } from './migrations.ts';

/** Statements that may break older code, or that lock a table for as long as they run. */
const RISKY = [
  /\bDROP\s+(?:TABLE|COLUMN|FUNCTION|TYPE)\b/i,
  /\bRENAME\b/i,
  /\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b/i,
  /\bSET\s+NOT\s+NULL\b/i,
];

/** Tables created by the migration have no rows yet, so building an index on them is instant. */
function locksForLong({ sql }: Migration): boolean {
  const created = [...sql.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gi)].map(([, table]) => table);
  const indexed = [...sql.matchAll(/CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)\w+\s+ON\s+(\w+)/gi)];
  return indexed.some(([, table]) => !created.includes(table));
}

/** Returns why a migration must not be released as it is, or null if it may. */
function objection(migration: Migration): string | null {
  const { sql, minCompatibleVersion } = migration;
  if (RISKY.some((pattern) => pattern.test(sql)) && minCompatibleVersion === 0) {
    return 'takes something away without "-- min-compatible-version: N"';
  }
  return locksForLong(migration) ? 'builds an index of a table with rows without CONCURRENTLY' : null;
}

test('every migration since the first release only adds, or names the code it needs, and builds indexes concurrently', async () => {
  const migrations = await readMigrations();
  expect(migrations.length).toBeGreaterThan(3);
  const later = migrations.filter(({ version }) => version > 3);
  expect(later.map((one) => [one.name, objection(one)])).toEqual(later.map(({ name }) => [name, null]));
});

test('migration versions are unique, and none requires code that does not exist yet', async () => {
  const migrations = await readMigrations();
  const versions = migrations.map(({ version }) => version);
  expect(new Set(versions).size).toBe(versions.length);
  for (const { version, minCompatibleVersion } of migrations) expect(minCompatibleVersion).toBeLessThanOrEqual(version);
});

test.for([
  ['ALTER TABLE files DROP COLUMN extent;', 'takes something away without "-- min-compatible-version: N"'],
  ['-- min-compatible-version: 7\nALTER TABLE files DROP COLUMN extent;', null],
  ['CREATE INDEX a ON log_lines (service);', 'builds an index of a table with rows without CONCURRENTLY'],
  ['CREATE TABLE t (a int);\nCREATE INDEX b ON t (a);', null],
  ['CREATE INDEX CONCURRENTLY a ON log_lines (service);', null],
] as const)('control: of %j the rule says %j', ([sql, why]) => {
  expect(objection(parseMigration('0009-x.sql', sql))).toBe(why);
});

test.for([
  'CREATE INDEX CONCURRENTLY a ON t (b); CREATE INDEX CONCURRENTLY c ON t (d);',
  'ALTER TABLE t ADD COLUMN b int; CREATE INDEX CONCURRENTLY a ON t (b);',
  'CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON t (b);',
  'DROP INDEX CONCURRENTLY a;',
])('a migration that cannot resume after a crash is rejected: %s', (sql) => {
  expect(() => parseMigration('0009-x.sql', sql)).toThrow(/migration 0009-x\.sql: expected one statement/);
});
