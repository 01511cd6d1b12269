import { createOrigin } from '@pilotlight/origin';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { EXIT_CODES } from '../exit-codes.ts';
import { runCommand } from '../testing/run-command.ts';

/** Creates a database with an indexed file of 2020 and one of today. Returns its URL and the names of its visible files. */
async function databaseOfTest() {
  const database = await migratedDatabase();
  const errors: unknown[] = [];
  const origin = createOrigin({ databaseUrl: database.url, onError: (error) => errors.push(error) });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => {
    await origin.close();
    await client.end();
    await database.drop();
    expect(errors).toEqual([]);
  });
  for (const [name, line] of [
    ['old.log', '2020-01-01 00:00:00 INFO app: old'],
    ['new.log', `${new Date().toISOString()} INFO app: new`],
  ] as const) {
    const upload = await origin.uploads.begin(name);
    await upload.write(Buffer.from(line));
    const { file } = await upload.commit();
    await origin.ingest(file.id);
  }
  const events = async () =>
    (await client.query(`SELECT FROM outbox WHERE type = 'file.deleted' AND pending_jobs <> '{}'`)).rowCount;
  const names = async () => (await origin.files.list({ limit: 10 })).files.map(({ name }) => name);
  return { env: { DATABASE_URL: database.url, RETENTION_DAYS: '30' }, names, events };
}

test('a dry run lists the due file and deletes nothing', async () => {
  const { env, names } = await databaseOfTest();
  const { code, out } = await runCommand(['retention', '--dry-run'], { env });
  expect(code).toBe(EXIT_CODES.done);
  expect(out).toMatch(/^Due: 1 files with 1 lines and \d+ stored bytes, of 2 files with 2 lines/);
  expect(out).toContain('"old.log"');
  expect(out).not.toContain('new.log');
  expect(await names()).toEqual(['new.log', 'old.log']);
});

test('a run deletes the due file and leaves its event to the workers', async () => {
  const { env, names, events } = await databaseOfTest();
  const { code, out } = await runCommand(['retention', '--json'], { env });
  expect(code).toBe(EXIT_CODES.done);
  expect(JSON.parse(out)).toMatchObject({ dry_run: false, deleted: { files: 1, lines: 1 }, due: { files: 0 } });
  expect(await names()).toEqual(['new.log']);
  expect(await events()).toBe(1);
});

test('without a rule, it exits with 2 and names the variables', async () => {
  const { code, err } = await runCommand(['retention'], { env: { DATABASE_URL: 'postgres://127.0.0.1/x' } });
  expect(code).toBe(EXIT_CODES.invalid);
  expect(err).toContain('RETENTION_DAYS, RETENTION_BYTES: expected at least one of them');
});
