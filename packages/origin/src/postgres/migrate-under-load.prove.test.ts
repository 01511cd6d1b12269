import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from './migrate.ts';
import { readMigrations } from './migrations.ts';

const KNOWN = await readMigrations();
const LINES = 1_000_000;
/** The indices that migrations build while others write. */
const INDICES = ['log_lines_service', 'log_lines_level', 'log_lines_counted'];

/** Inserts a file, lines of it and its event, as a release without them does. */
const WRITE = `BEGIN; WITH file AS (INSERT INTO files (id, name, size_bytes) VALUES (gen_random_uuid(), 'a.log', 1) RETURNING id),
  lines AS (INSERT INTO log_lines (file_id, line, level, service, message, search) SELECT id, 1, 3, 'shop', 'a', '' FROM file)
  INSERT INTO outbox (id, type, file_id, payload, pending_jobs) SELECT gen_random_uuid(), 'file.uploaded', id, '{}', '{}' FROM file; COMMIT`;

test('with 1,000,000 lines, a process of the previous release writes while the migrations from 7 on run', async () => {
  const database = await createDatabase(testServices().DATABASE_URL);
  const [writer, observer] = [new pg.Client(database.url), new pg.Client(database.url)];
  for (const client of [writer, observer]) await client.connect();
  onTestFinished(async () => {
    for (const client of [writer, observer]) await client.end();
    await database.drop();
  });
  await migrate(database.url, { migrations: KNOWN.filter(({ version }) => version < 7) });
  await writer.query(`INSERT INTO log_lines (file_id, line, level, service, message, search, "timestamp")
    SELECT gen_random_uuid(), n, 3 + n % 4, 'service ' || n % 20, 'a line', '', now() - n * interval '1 s'
    FROM generate_series(1, ${LINES}) n`);
  let done = false;
  const migrated = migrate(database.url).finally(() => {
    done = true;
  });
  /** The writes that were committed while an index was being built. */
  const during = new Map(INDICES.map((name) => [name, 0]));
  const building = `SELECT relname AS name FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE NOT indisvalid`;
  while (!done) {
    await writer.query(WRITE);
    const { rows } = await observer.query<{ name: string }>(building);
    for (const { name } of rows) during.set(name, (during.get(name) ?? 0) + 1);
  }
  await migrated;
  for (const name of INDICES) expect(during.get(name), name).toBeGreaterThan(1);
  await writer.query(WRITE);
  const { rows } = await observer.query(
    'SELECT count(*)::int AS events, count(announced_in)::int AS announced FROM outbox',
  );
  const { rows: files } = await observer.query('SELECT count(*)::int AS files FROM files');
  // Each file has the event that its writer wrote, and no second one.
  expect(rows[0].events).toBe(files[0].files);
  expect(rows[0].announced).toBeGreaterThan(0);
});
