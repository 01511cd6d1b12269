import type { RetentionRules } from '@pilotlight/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openOrigin, type TestOrigin, until } from '../testing/open-origin.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

/** A row of `files`. Ages are in days; a newest record without an age has no time. */
interface Row {
  name: string;
  uploaded: number;
  newest: number | null;
  status?: 'received' | 'indexing' | 'indexed' | 'failed';
  bytes?: number;
}

/** Inserts rows as an ingest would have left them: one line each, and no uploaded bytes. */
async function insert({ query }: TestOrigin, rows: readonly Row[]): Promise<void> {
  for (const { name, uploaded, newest, status = 'indexed', bytes = 1 } of rows) {
    await query(
      `INSERT INTO files (id, name, size_bytes, stored_bytes, status, line_count, uploaded_at, last_timestamp, chunks_freed_at)
       VALUES (gen_random_uuid(), $1, $2, $2, $3, 1, now() - make_interval(secs => $4 * 86400),
         now() - make_interval(secs => $5 * 86400), now())`,
      [name, bytes, status, uploaded, newest],
    );
  }
}

async function names({ query }: TestOrigin): Promise<string[]> {
  const rows = await query<{ name: string }>(`SELECT name FROM files WHERE status <> 'deleted' ORDER BY name`);
  return rows.map(({ name }) => name);
}

const ALL = { maxFiles: 1_000_000 };
const byAge = (days: number): RetentionRules => ({ days, bytes: null });
const byBytes = (bytes: number): RetentionRules => ({ days: null, bytes });

test('a file is due once its newest record is too old; without times, the upload counts', async () => {
  const world = await openOrigin();
  await insert(world, [
    { name: 'dated-old', uploaded: 1, newest: 31 },
    { name: 'dated-new', uploaded: 5, newest: 29 },
    { name: 'undated-old', uploaded: 31, newest: null },
    { name: 'undated-new', uploaded: 29, newest: null },
    { name: 'failed-old', uploaded: 31, newest: null, status: 'failed' },
    { name: 'in-the-future', uploaded: 31, newest: -900 },
    { name: 'waiting-old', uploaded: 31, newest: null, status: 'received' },
  ]);
  const plan = await world.origin.retention.plan(byAge(30), 100);
  expect(plan.files.map(({ name, reason }) => [name, reason]).toSorted()).toEqual([
    ['dated-old', 'age'],
    ['failed-old', 'age'],
    ['in-the-future', 'age'],
    ['undated-old', 'age'],
  ]);
  expect(plan).toMatchObject({ stored: { files: 7, lines: 7 }, due: { files: 4, lines: 4 } });
  expect(await names(world)).toHaveLength(7);
  expect(await world.origin.retention.apply(byAge(30), ALL)).toMatchObject({ outcome: 'done', files: 4, lines: 4 });
  expect(await names(world)).toEqual(['dated-new', 'undated-new', 'waiting-old']);
});

test('without rules nothing is due', async () => {
  const world = await openOrigin();
  await insert(world, [{ name: 'old', uploaded: 9_000, newest: 9_000, bytes: 1_000_000 }]);
  const none = { days: null, bytes: null };
  expect(await world.origin.retention.plan(none, 10)).toMatchObject({ due: { files: 0 }, files: [] });
  expect(await world.origin.retention.apply(none, ALL)).toEqual({ outcome: 'done', files: 0, bytes: 0, lines: 0 });
});

/** The names that stay, by the definition: the oldest file whose ingest has ended goes until the total fits. */
function leftOf(rows: readonly Row[], limit: number): string[] {
  const left = rows.toSorted((a, b) => (b.newest ?? b.uploaded) - (a.newest ?? a.uploaded));
  const total = () => left.reduce((sum, { bytes = 0, status }) => sum + (status === 'received' ? 0 : bytes), 0);
  while (total() > limit) {
    const oldest = left.findIndex(({ status }) => status !== 'received');
    if (oldest === -1) break;
    left.splice(oldest, 1);
  }
  return left.map(({ name }) => name).toSorted();
}

test('for any files and limit, the oldest go until the rest fits, and the plan has named them', async () => {
  const world = await openOrigin();
  const row = fc.record({
    newest: fc.integer({ min: 1, max: 1_000 }),
    bytes: fc.integer({ min: 0, max: 50 }),
    status: fc.constantFrom('indexed' as const, 'indexed' as const, 'received' as const),
  });
  const rows = fc.uniqueArray(row, { maxLength: 12, selector: ({ newest }) => newest });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 200 }), async (drawn, limit) => {
      await world.query(`UPDATE files SET status = 'deleted'`);
      const files = drawn.map((one, i) => ({ ...one, uploaded: one.newest, name: `file ${i}` }));
      await insert(world, files);
      const plan = await world.origin.retention.plan(byBytes(limit), 100);
      expect(await world.origin.retention.apply(byBytes(limit), ALL)).toEqual({ outcome: 'done', ...plan.due });
      const left = await names(world);
      expect(left).toEqual(leftOf(files, limit));
      expect([...left, ...plan.files.map(({ name }) => name)].toSorted()).toEqual(
        files.map(({ name }) => name).toSorted(),
      );
    }),
    { numRuns: 40 },
  );
});

test('stored bytes are those of the lines, and the uploaded ones until they are freed', async () => {
  const { origin, addFile } = await openOrigin();
  const stored = async () => (await origin.retention.plan(byAge(1), 0)).stored;
  const text = `${'2026-01-01 00:00:00 INFO app: a line of some length\n'.repeat(100)}`;
  await addFile(text);
  const before = await stored();
  expect(before).toMatchObject({ files: 1, lines: 100 });
  await origin.files.freeChunks(0);
  const { bytes } = await stored();
  expect(before.bytes - bytes).toBe(text.length);
  expect(bytes).toBeGreaterThan(0.5 * text.length);
});

test('a file of an older release counts with its uploaded bytes', async () => {
  const world = await openOrigin();
  await insert(world, [{ name: 'older', uploaded: 1, newest: 1, bytes: 77 }]);
  await world.query('UPDATE files SET stored_bytes = NULL');
  expect((await world.origin.retention.plan(byAge(1), 0)).stored.bytes).toBe(77);
});

test('a deleted file has the event of a DELETE, and is purged by it', async () => {
  const world = await openOrigin();
  const id = await world.addFile('2015-01-01 00:00:00 ERROR app: an old line\n');
  const events: unknown[] = [];
  const onDeleted = async (batch: readonly unknown[]) => void events.push(...batch);
  await world.origin.retention.apply(byAge(30), { ...ALL, onDeleted });
  expect(events).toEqual([
    expect.objectContaining({ type: 'file.deleted', fileId: id, extent: expect.objectContaining({ records: 1 }) }),
  ]);
  expect(await world.query(`SELECT pending_jobs FROM outbox WHERE type = 'file.deleted'`)).toEqual([
    { pending_jobs: ['apply-event', 'purge-file'] },
  ]);
  expect(await world.origin.files.get(id)).toBeNull();
  await world.origin.files.purge(id);
  for (const table of ['files', 'log_lines', 'file_roll_ups', 'upload_chunks']) {
    expect(await world.query(`SELECT 1 FROM ${table}`)).toEqual([]);
  }
});

test('two runs at once delete each file once, with one event', async () => {
  const world = await openOrigin();
  await insert(
    world,
    Array.from({ length: 250 }, (_, i) => ({ name: `${i}`, uploaded: 40, newest: 40 })),
  );
  const events: string[] = [];
  const onDeleted = async (batch: readonly { fileId: string }[]) => {
    events.push(...batch.map(({ fileId }) => fileId));
  };
  const runs = [0, 1].map(() => world.origin.retention.apply(byAge(30), { ...ALL, onDeleted }));
  const results = await Promise.all(runs);
  expect(results.reduce((sum, { files }) => sum + files, 0)).toBe(250);
  expect(new Set(events).size).toBe(250);
  expect(events).toHaveLength(250);
  expect(await world.query(`SELECT 1 FROM outbox WHERE type = 'file.deleted'`)).toHaveLength(250);
});

test('while another run holds the lock, a run deletes nothing and says so', async () => {
  const world = await openOrigin();
  await insert(world, [{ name: 'old', uploaded: 40, newest: 40 }]);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const holding = holdLock(world.databaseUrl, released);
  await until(
    async () =>
      (
        await world.query(`SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted`)
      ).length > 0,
  );
  expect(await world.origin.retention.apply(byAge(30), ALL)).toMatchObject({ outcome: 'busy', files: 0 });
  release();
  await holding;
  expect(await world.origin.retention.apply(byAge(30), ALL)).toMatchObject({ outcome: 'done', files: 1 });
});

async function holdLock(databaseUrl: string, released: Promise<void>): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${ADVISORY_LOCKS.retention})`);
  await released;
  await client.end();
}

test('a run ends after its maximum of files, a stopped one between batches, and the next run continues', async () => {
  const world = await openOrigin();
  await insert(
    world,
    Array.from({ length: 350 }, (_, i) => ({ name: `${i}`, uploaded: 40 + i, newest: null })),
  );
  const { retention } = world.origin;
  expect(await retention.apply(byAge(30), { maxFiles: 50 })).toMatchObject({ outcome: 'more', files: 100 });
  const stop = new AbortController();
  const onDeleted = async () => stop.abort(new Error('stopping'));
  await expect(retention.apply(byAge(30), { ...ALL, onDeleted, signal: stop.signal })).rejects.toThrow('stopping');
  expect(await retention.apply(byAge(30), ALL)).toMatchObject({ outcome: 'done', files: 150 });
});

test('given an audit record that cannot be written, its batch deletes nothing', async () => {
  const world = await openOrigin();
  await insert(world, [{ name: 'old', uploaded: 31, newest: 31 }]);
  await world.query('ALTER TABLE audit_log RENAME TO elsewhere');
  const options = { ...ALL, auditAction: 'retention' };
  await expect(world.origin.retention.apply(byAge(30), options)).rejects.toThrow('audit_log');
  expect(await names(world)).toEqual(['old']);
  await world.query('ALTER TABLE elsewhere RENAME TO audit_log');
  expect(await world.origin.retention.apply(byAge(30), options)).toMatchObject({ files: 1 });
  expect((await world.origin.audit.list({ limit: 10 })).records).toMatchObject([{ action: 'retention', count: 1 }]);
});
