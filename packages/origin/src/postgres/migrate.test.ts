import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { OriginUnavailable } from '../errors.ts';
import { migrate } from './migrate.ts';
import { readMigrations } from './migrations.ts';

async function emptyDatabase(): Promise<{ url: string; client: pg.Client }> {
  const database = await createDatabase(testServices().DATABASE_URL);
  const client = new pg.Client(database.url);
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await database.drop();
  });
  return { url: database.url, client };
}

test('ten concurrent migrations apply each migration once', async () => {
  const { url, client } = await emptyDatabase();
  await Promise.all(Array.from({ length: 10 }, () => migrate(url)));
  const { rows } = await client.query('SELECT version, checksum FROM schema_migrations ORDER BY version');
  expect(rows).toEqual((await readMigrations()).map(({ version, checksum }) => ({ version, checksum })));
});

test('a migration edited after it was applied is rejected', async () => {
  const { url, client } = await emptyDatabase();
  await migrate(url);
  await client.query(`UPDATE schema_migrations SET checksum = 'another' WHERE version = 1`);
  await expect(migrate(url)).rejects.toThrow(/was edited after it was applied/);
});

test('a failed migration leaves nothing half-done', async () => {
  const { url, client } = await emptyDatabase();
  await client.query('CREATE TABLE outbox (in_the_way int)');
  await expect(migrate(url)).rejects.toThrow(/outbox/);
  const { rows } = await client.query(
    `SELECT to_regclass('files') AS files, (SELECT count(*)::int FROM schema_migrations) AS applied`,
  );
  expect(rows).toEqual([{ files: null, applied: 0 }]);
});

test('a database that is not UTF-8 is rejected with a remedy', async () => {
  const { url, client } = await emptyDatabase();
  const name = `${new URL(url).pathname.slice(1)}_latin`;
  await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'`);
  const latin = new URL(url);
  latin.pathname = `/${name}`;
  await expect(migrate(latin.href)).rejects.toThrow(/expected a database with encoding UTF8, got SQL_ASCII/);
  await client.query(`DROP DATABASE ${name}`);
});

test('an unreachable server is OriginUnavailable', async () => {
  await expect(migrate('postgres://user@127.0.0.1:1/none')).rejects.toThrow(OriginUnavailable);
});
