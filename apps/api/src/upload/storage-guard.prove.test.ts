import type { Config } from '@pilotlight/runtime';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi } from '../testing/test-api.ts';

const NONE = { databaseMaxBytes: null, directory: null, minFreeBytes: 0, rememberMs: 0 };

/** Takes about 8 MB. */
const FILL = `CREATE TABLE filler AS SELECT (SELECT string_agg(md5((i * 50 + j)::text), '') FROM generate_series(1, 50) j) AS text
  FROM generate_series(1, 5000) i`;

async function openApi(storageLimits: Partial<Config['storageLimits']>) {
  const api = await startTestApi({ storageLimits: { ...NONE, ...storageLimits } });
  const client = new pg.Client(api.api.deps.config.databaseUrl);
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await api.stop();
  });
  const sql = async (text: string) => (await client.query(text)).rows;
  const databaseBytes = async () => Number((await sql('SELECT pg_database_size(current_database()) AS n'))[0].n);
  return { api, sql, databaseBytes };
}

test('once the database reaches its limit, uploads get 507 and store nothing, until it has space again', async () => {
  const measured = await openApi({});
  const { api, sql } = await openApi({ databaseMaxBytes: (await measured.databaseBytes()) + 4_000_000 });
  expect((await api.upload('fits\n')).status).toBe(202);
  const before = await api.left();
  await sql(FILL);
  const problem = await expectProblem(await api.upload('too late\n'), 507);
  expect(problem).toMatchObject({ code: 'STORAGE_FULL', detail: expect.stringMatching(/DATABASE_MAX_BYTES/) });
  expect(await api.left()).toEqual(before);
  expect((await api.fetch('/api/stats')).status).toBe(200);
  await sql('DROP TABLE filler');
  expect((await api.upload('fits again\n')).status).toBe(202);
});

test('an upload is refused if its announced bytes would pass the limit', async () => {
  const measured = await openApi({});
  const { api } = await openApi({ databaseMaxBytes: (await measured.databaseBytes()) + 4_000_000 });
  await expectProblem(await api.upload(Buffer.alloc(6_000_000, 'x')), 507);
  expect((await api.upload('small\n')).status).toBe(202);
});

test('control: without a limit, the same filling refuses nothing', async () => {
  const { api, sql } = await openApi({});
  await sql(FILL);
  expect((await api.upload('one more\n')).status).toBe(202);
});

test('a disk with fewer free bytes than the minimum refuses uploads with 507', async () => {
  const { api } = await openApi({ directory: import.meta.dirname, minFreeBytes: 2 ** 52 });
  const problem = await expectProblem(await api.upload('one\n'), 507);
  expect(problem.detail).toMatch(/DATABASE_MIN_FREE_BYTES/);
});

test('a limit holds although another one cannot be measured', async () => {
  const { api } = await openApi({ databaseMaxBytes: 1, directory: '/no/such/directory' });
  const problem = await expectProblem(await api.upload('one\n'), 507);
  expect(problem.detail).toMatch(/DATABASE_MAX_BYTES/);
});

test('a directory that does not exist refuses nothing and is logged once', async () => {
  const { api } = await openApi({ directory: '/no/such/directory', minFreeBytes: 2 ** 52 });
  const warn = vi.spyOn(api.api.deps.logger, 'warn');
  for (let i = 0; i < 2; i++) expect((await api.upload('one\n')).status).toBe(202);
  expect(warn.mock.calls.map(([, text]) => text)).toEqual([
    'could not measure the free space: uploads are not refused',
  ]);
});

test('given a disk that fills up during an upload, it gets 507, and succeeds once there is space', async () => {
  const { api, sql } = await openApi({});
  await sql(`CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`);
  await sql('CREATE TRIGGER full_disk BEFORE INSERT ON upload_chunks FOR EACH ROW EXECUTE FUNCTION disk_full()');
  for (const content of ['small\n', Buffer.alloc(3_000_000, 'x')]) {
    const response = await api.upload(content);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await expectProblem(response, 507)).toMatchObject({ code: 'STORAGE_FULL' });
  }
  await sql('DROP TRIGGER full_disk ON upload_chunks');
  expect((await api.upload('small\n')).status).toBe(202);
  expect(await api.left()).toMatchObject({ files: 1, uploads: 0 });
});
