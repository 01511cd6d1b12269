import { searchBodySchema } from '@pilotlight/contracts';
import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOrigin } from '../create-origin.ts';
import { OriginUnavailable, SchemaMismatch } from '../errors.ts';
import { uploadText } from '../testing/open-origin.ts';
import { migrate } from './migrate.ts';
import { parseMigration, readMigrations } from './migrations.ts';

const KNOWN = await readMigrations();
const EXPAND = parseMigration('9001-expand.sql', 'ALTER TABLE files ADD COLUMN owner text;');
const CONTRACT = parseMigration(
  '9002-contract.sql',
  '-- min-compatible-version: 9001\nALTER TABLE files DROP COLUMN year_inferred;',
);
const INDEX = parseMigration('9003-index.sql', 'CREATE INDEX CONCURRENTLY log_lines_later ON log_lines (service);');

/** Tests wait for states, on a machine of any speed. */
const POLL = { timeout: 20_000, interval: 10 };

async function openDatabase() {
  const database = await createDatabase(testServices().DATABASE_URL);
  const clients: pg.Client[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await database.drop();
  });
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(database.url);
    client.on('error', () => undefined); // Tests end sessions on purpose.
    await client.connect();
    clients.push(client);
    return client;
  };
  return { url: database.url, client: await connect(), connect };
}

/** Returns the sessions that migrate, and what they wait for. */
async function migrating(client: pg.Client): Promise<{ pid: number; waits: string | null; query: string }[]> {
  const { rows } = await client.query(
    `SELECT pid, wait_event_type AS waits, query FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'pilotlight migrate' AND state = 'active'`,
  );
  return rows;
}

async function isValid(client: pg.Client, index: string): Promise<boolean | undefined> {
  const { rows } = await client.query('SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)', [index]);
  return rows[0]?.indisvalid;
}

test('a process of an older release starts and works on an expanded database', async () => {
  const { url, client } = await openDatabase();
  await migrate(url, { migrations: [...KNOWN, EXPAND, INDEX] });
  const older = createOrigin({ databaseUrl: url, onError: () => undefined });
  onTestFinished(() => older.close());
  await older.migrate();
  const { file } = await uploadText(older, '2020-01-01 00:00:00 ERROR one line\n');
  expect(await older.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 1 });
  const { rows } = await client.query('SELECT version FROM schema_migrations WHERE version >= 9000');
  expect(rows).toEqual([{ version: 9001 }, { version: 9003 }]);
});

test('files and records of an older release have one record per line', async () => {
  const { url, client } = await openDatabase();
  await migrate(url, { migrations: KNOWN.filter(({ version }) => version < 23) });
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO files (id, name, size_bytes, status, format, gzipped, line_count, dated_count)
     VALUES (gen_random_uuid(), 'a.log.gz', 1, 'indexed', 'text', true, 2, 0) RETURNING id`,
  );
  await client.query(`INSERT INTO log_lines (file_id, line, level, message, search)
    SELECT files.id, line, 3, 'a', '' FROM files, generate_series(1, 2) AS line`);
  const origin = createOrigin({ databaseUrl: url, onError: () => undefined });
  onTestFinished(() => origin.close());
  await origin.migrate();
  const shown = {
    line_count: 2,
    record_count: 2,
    formats: [{ name: 'text', records: 2 }],
    encoding: null,
    packing: 'gzip',
  };
  expect(await origin.files.get(rows[0]?.id ?? '')).toMatchObject(shown);
  const { total, results } = await origin.logs.search(searchBodySchema.parse({ sort: 'oldest' }));
  expect([total, results.map(({ line, line_end }) => [line, line_end])]).toEqual([
    2,
    [
      [1, 1],
      [2, 2],
    ],
  ]);
});

test('a process too old for a contracted database is rejected with a remedy', async () => {
  const { url } = await openDatabase();
  await migrate(url, { migrations: [...KNOWN, EXPAND, CONTRACT] });
  await expect(migrate(url)).rejects.toThrow(SchemaMismatch);
  await expect(migrate(url)).rejects.toThrow(
    /9002-contract\.sql, which requires code with migration 9001.*run a newer release/,
  );
  // The previous release, which has only the expansion, is deployed again.
  await migrate(url, { migrations: [...KNOWN, EXPAND] });
});

test('a database migrated before releases recorded what they need is accepted and migrated', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('ALTER TABLE schema_migrations DROP COLUMN min_compatible_version');
  await migrate(url);
  await migrate(url, { migrations: [...KNOWN, EXPAND] });
  const { rows } = await client.query('SELECT max(version) AS version FROM schema_migrations');
  expect(rows).toEqual([{ version: EXPAND.version }]);
});

test('starting on an up-to-date database takes no lock', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('SELECT pg_advisory_lock(7164505)');
  // A call that waited for the lock would exceed this test's time limit.
  await expect(migrate(url)).resolves.toBeUndefined();
});

test('a locked table delays its readers by the lock timeout only, and is migrated once free', async () => {
  const { url, client, connect } = await openDatabase();
  await migrate(url);
  await client.query('BEGIN; SELECT count(*) FROM files');
  const reader = await connect();
  // Ten tries of two seconds, so that a slow machine does not use all of them before the table is free.
  const migrated = migrate(url, { migrations: [...KNOWN, EXPAND], lockTimeoutMs: 2_000, pauseMs: 20 });
  await vi.waitFor(async () => {
    expect(await migrating(reader)).toMatchObject([{ waits: 'Lock', query: EXPAND.sql }]);
  }, POLL);
  // This query queues behind the migration's lock; without a timeout it would wait for the transaction above.
  await reader.query('SELECT count(*) FROM files');
  await client.query('COMMIT');
  await migrated;
});

test('a table that never becomes free makes migrate reject with the cause', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('BEGIN; SELECT count(*) FROM files');
  const migrated = migrate(url, { migrations: [...KNOWN, EXPAND], lockTimeoutMs: 1, pauseMs: 1 });
  await expect(migrated).rejects.toThrow(OriginUnavailable);
  await expect(migrated).rejects.toThrow(/9001-expand\.sql could not lock its table/);
  await client.query('COMMIT');
});

test('a process of the previous release writes a file and its event while migration 10 waits for both tables', async () => {
  const { url, client, connect } = await openDatabase();
  await migrate(url, { migrations: KNOWN.filter(({ version }) => version < 10) });
  await client.query(`BEGIN; INSERT INTO files (id, name, size_bytes) VALUES (gen_random_uuid(), 'a.log', 1)`);
  const migrated = migrate(url, { migrations: KNOWN, lockTimeoutMs: 60_000 });
  // After a second the migration has looked for a deadlock, and does not look again.
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND application_name = 'pilotlight migrate' AND clock_timestamp() - query_start > interval '2 s'`;
  const other = await connect();
  await vi.waitFor(async () => expect((await other.query(waiting)).rowCount).toBe(1), POLL);
  await client.query(`INSERT INTO outbox (id, type, file_id, payload, pending_jobs)
    SELECT gen_random_uuid(), 'file.uploaded', id, '{}', '{}' FROM files; COMMIT`);
  await migrated;
  expect((await client.query('SELECT FROM outbox')).rowCount).toBe(1);
});

test('while an index is built the table accepts writes, and an interrupted build is redone', async () => {
  const { url, client, connect } = await openDatabase();
  await migrate(url);
  const writer = await connect();
  const insert = (line: number) =>
    `INSERT INTO log_lines (file_id, line, level, message, search) VALUES (gen_random_uuid(), ${line}, 3, 'a', '')`;
  await writer.query(`BEGIN; ${insert(1)}`);
  const killed = migrate(url, { migrations: [...KNOWN, INDEX] });
  const rejected = expect(killed).rejects.toThrow(OriginUnavailable);
  await vi.waitFor(async () => expect(await isValid(client, 'log_lines_later')).toBe(false), POLL);
  await client.query(insert(2));
  const [builder] = await migrating(client);
  await client.query('SELECT pg_terminate_backend($1)', [builder?.pid]);
  await rejected;
  expect(await isValid(client, 'log_lines_later')).toBe(false);
  await writer.query('COMMIT');
  await migrate(url, { migrations: [...KNOWN, INDEX] });
  expect(await isValid(client, 'log_lines_later')).toBe(true);
});

test('an index built by a process that died before recording it is not rebuilt', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query(INDEX.sql);
  const { rows: before } = await client.query(`SELECT 'log_lines_later'::regclass::oid AS oid`);
  await migrate(url, { migrations: [...KNOWN, INDEX] });
  const { rows: after } = await client.query(`SELECT 'log_lines_later'::regclass::oid AS oid`);
  expect(after).toEqual(before);
});

test('five processes that start during an index build do not deadlock', async () => {
  const { url, client } = await openDatabase();
  const drop = parseMigration('9004-drop.sql', 'DROP INDEX CONCURRENTLY IF EXISTS log_lines_later;');
  await Promise.all(Array.from({ length: 5 }, () => migrate(url, { migrations: [...KNOWN, INDEX, drop] })));
  const { rows } = await client.query('SELECT version FROM schema_migrations WHERE version >= 9000 ORDER BY version');
  expect(rows).toEqual([{ version: 9003 }, { version: 9004 }]);
  expect(await isValid(client, 'log_lines_later')).toBeUndefined();
});
