import { createDatabase } from '@pilotlight/stack';
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

/** Tests wait for states, however slow the machine is. */
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
    client.on('error', () => undefined); // tests end sessions on purpose
    await client.connect();
    clients.push(client);
    return client;
  };
  return { url: database.url, client: await connect(), connect };
}

/** The sessions that migrate, and what they wait for. */
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

test('a process of an older release starts, and works, on a database that a newer release has expanded', async () => {
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

test('a process that is older than a contracted database allows is refused, and says what to run', async () => {
  const { url } = await openDatabase();
  await migrate(url, { migrations: [...KNOWN, EXPAND, CONTRACT] });
  await expect(migrate(url)).rejects.toThrow(SchemaMismatch);
  await expect(migrate(url)).rejects.toThrow(
    /9002-contract\.sql, which code needs migration 9001.*run a newer release/,
  );
  // The release before, which knows the expansion only, goes back in.
  await migrate(url, { migrations: [...KNOWN, EXPAND] });
});

test('a database that was migrated before releases said what they need is accepted, and migrated on', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('ALTER TABLE schema_migrations DROP COLUMN min_compatible_version');
  await migrate(url);
  await migrate(url, { migrations: [...KNOWN, EXPAND] });
  const { rows } = await client.query('SELECT max(version) AS version FROM schema_migrations');
  expect(rows).toEqual([{ version: EXPAND.version }]);
});

test('a database that is up to date is not locked at a start', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('SELECT pg_advisory_lock(7164505)');
  // A call that waited for the lock would take until this test's own limit.
  await expect(migrate(url)).resolves.toBeUndefined();
});

test('a table that stays locked holds up its readers for the lock timeout only, and is migrated once it is free', async () => {
  const { url, client, connect } = await openDatabase();
  await migrate(url);
  await client.query('BEGIN; SELECT count(*) FROM files');
  const reader = await connect();
  // Ten tries of two seconds: a slow machine must not use them all up before the table is free.
  const migrated = migrate(url, { migrations: [...KNOWN, EXPAND], lockTimeoutMs: 2_000, pauseMs: 20 });
  await vi.waitFor(async () => {
    expect(await migrating(reader)).toMatchObject([{ waits: 'Lock', query: EXPAND.sql }]);
  }, POLL);
  // Queued up behind the migration's lock; without a timeout it would wait for the transaction above.
  await reader.query('SELECT count(*) FROM files');
  await client.query('COMMIT');
  await migrated;
});

test('a table that is never free ends the call with what holds it up', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query('BEGIN; SELECT count(*) FROM files');
  const migrated = migrate(url, { migrations: [...KNOWN, EXPAND], lockTimeoutMs: 1, pauseMs: 1 });
  await expect(migrated).rejects.toThrow(OriginUnavailable);
  await expect(migrated).rejects.toThrow(/9001-expand\.sql got no lock of its table/);
  await client.query('COMMIT');
});

test('while an index is built the table is written, and the index of a process that was killed half-way is built anew', async () => {
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

test('an index that was built by a process that died before it could record it is not built again', async () => {
  const { url, client } = await openDatabase();
  await migrate(url);
  await client.query(INDEX.sql);
  const { rows: before } = await client.query(`SELECT 'log_lines_later'::regclass::oid AS oid`);
  await migrate(url, { migrations: [...KNOWN, INDEX] });
  const { rows: after } = await client.query(`SELECT 'log_lines_later'::regclass::oid AS oid`);
  expect(after).toEqual(before);
});

test('five processes that start while one of them builds an index do not wait for each other in a circle', async () => {
  const { url, client } = await openDatabase();
  const drop = parseMigration('9004-drop.sql', 'DROP INDEX CONCURRENTLY IF EXISTS log_lines_later;');
  await Promise.all(Array.from({ length: 5 }, () => migrate(url, { migrations: [...KNOWN, INDEX, drop] })));
  const { rows } = await client.query('SELECT version FROM schema_migrations WHERE version >= 9000 ORDER BY version');
  expect(rows).toEqual([{ version: 9003 }, { version: 9004 }]);
  expect(await isValid(client, 'log_lines_later')).toBeUndefined();
});
