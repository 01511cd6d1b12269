import { migratedDatabase } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { EXIT_CODES } from '../exit-codes.ts';
import { runCommand } from '../testing/run-command.ts';

/** No server listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const ARGS = ['reindex', '--to', 'elasticsearch'];

async function databaseOfTest(): Promise<string> {
  const database = await migratedDatabase();
  onTestFinished(() => database.drop());
  return database.url;
}

test('a database that cannot be reached exits with 1 and says so', async () => {
  const env = { DATABASE_URL: 'postgres://user@127.0.0.1:1/logs', ELASTICSEARCH_URL: NOWHERE };
  const { code, out, err } = await runCommand(ARGS, { env });
  expect({ code, out }).toEqual({ code: EXIT_CODES.failed, out: '' });
  expect(err).toContain('the database cannot answer now: connect ECONNREFUSED');
  expect(err).not.toContain(' at ');
});

test('an Elasticsearch that cannot be reached exits with 1 and says so', async () => {
  const env = { DATABASE_URL: await databaseOfTest(), ELASTICSEARCH_URL: NOWHERE };
  const { code, out, err } = await runCommand(ARGS, { env });
  expect({ code, out }).toEqual({ code: EXIT_CODES.failed, out: '' });
  expect(err).toContain('Elasticsearch cannot answer now: connect ECONNREFUSED');
});

test('a second reindex of one database exits with 1 and names the session of the first', async () => {
  const url = await databaseOfTest();
  const first = new pg.Client({ connectionString: url });
  await first.connect();
  onTestFinished(() => first.end());
  await first.query('SELECT pg_advisory_lock(7164506)');
  const { code, err } = await runCommand(ARGS, { env: { DATABASE_URL: url, ELASTICSEARCH_URL: NOWHERE } });
  expect(code).toBe(EXIT_CODES.failed);
  expect(err).toContain('application_name "pilotlight reindex lock"');
});

test('a command that is stopped exits with 130', async () => {
  const env = { DATABASE_URL: await databaseOfTest(), ELASTICSEARCH_URL: NOWHERE };
  const { code, err } = await runCommand(ARGS, { env, signal: AbortSignal.abort(new Error('stopped by SIGTERM')) });
  expect(code).toBe(EXIT_CODES.stopped);
  expect(err).toContain('stopped by SIGTERM; repeat the command to continue');
});
