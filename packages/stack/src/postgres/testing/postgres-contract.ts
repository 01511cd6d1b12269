import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { withClient } from '../ping-postgres.ts';
import { startPostgres } from '../start-postgres.ts';

/** Returns the first value of the first row. */
export async function firstValue(url: string, sql: string): Promise<unknown> {
  const rows = await withClient(url, async (client) => (await client.query(sql)).rows);
  return Object.values(rows[0] ?? {})[0];
}

/** Registers the tests that hold for Postgres wherever it runs. */
export function postgresContract(): void {
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
  });

  test('a throw-away server that is killed right after its answer and restarted has the change', async () => {
    const server = await startPostgres({});
    onTestFinished(() => server.stop());
    await withClient(server.url, async (client) => {
      client.on('error', () => undefined);
      await client.query('CREATE TABLE kept AS SELECT 42 AS answer');
      server.kill('SIGKILL');
    });
    await server.restart();
    expect(await firstValue(server.url, 'SELECT answer FROM kept')).toBe(42);
  });

  test('a server without a directory has the settings of a throw-away one, and rejects a wrong password', async () => {
    const server = await startPostgres({});
    onTestFinished(() => server.stop());
    expect(await firstValue(server.url, 'SHOW fsync')).toBe('off');
    expect(await firstValue(server.url, 'SHOW max_connections')).toBe('200');
    expect(await firstValue(server.url, 'SHOW timezone')).toBe('UTC');
    const locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'pilotlight'";
    expect(await firstValue(server.url, locale)).toBe('bC.UTF-8');
    const url = new URL(server.url);
    url.password = 'wrong';
    await expect(firstValue(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });
}
