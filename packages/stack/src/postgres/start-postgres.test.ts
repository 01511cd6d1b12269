import { expect, onTestFinished, test } from 'vitest';
import { commandLineOf } from '../process/identity.ts';
import { createDatabase } from '../testing/create-database.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { testServices } from '../testing/vitest.ts';
import { withClient } from './ping-postgres.ts';
import { startPostgres } from './start-postgres.ts';

async function firstValue(url: string, sql: string): Promise<unknown> {
  const rows = await withClient(url, async (client) => (await client.query(sql)).rows);
  return Object.values(rows[0] ?? {})[0];
}

test('data committed to a persistent directory survives a killed server and a restart', async () => {
  const dataDir = temporaryDirectory();
  const first = await startPostgres({ dataDir });
  await withClient(first.url, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
  first.kill('SIGKILL');
  await first.restart();
  expect(await firstValue(first.url, 'SELECT answer FROM kept')).toBe(42);
  await first.stop();

  const second = await startPostgres({ dataDir });
  onTestFinished(() => second.stop());
  expect(await firstValue(second.url, 'SELECT answer FROM kept')).toBe(42);
  expect(await firstValue(second.url, 'SHOW fsync')).toBe('on');
  expect(commandLineOf(second.pid ?? 0)).not.toContain(new URL(second.url).password);
});

test('a wrong password is rejected', async () => {
  const url = new URL(testServices().DATABASE_URL);
  url.password = 'wrong';
  await expect(firstValue(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

test('a test database is empty, has a unique name, and is gone after drop', async () => {
  const server = testServices().DATABASE_URL;
  const [one, other] = await Promise.all([createDatabase(server), createDatabase(server)]);
  expect(one.url).not.toBe(other.url);
  await withClient(one.url, (client) => client.query('CREATE TABLE mine (a int)'));
  expect(await firstValue(other.url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toBe(0);
  await Promise.all([one.drop(), other.drop()]);
  await expect(firstValue(one.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
});
