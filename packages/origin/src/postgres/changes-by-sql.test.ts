import { type DomainEvent, domainEventSchema, JOBS_OF_EVENT, NO_RECORDS } from '@pilotlight/contracts';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openOrigin, type TestOrigin, until, uploadText } from '../testing/open-origin.ts';

const LINE = '2020-01-01 00:00:00 ERROR shop: card declined';
const EXTENT = { records: 1, levels: ['ERROR'], services: ['shop'] };

/** Returns the events of the outbox, in the order of their commits, and checks the jobs of each. */
async function eventsIn(world: Pick<TestOrigin, 'query'>): Promise<DomainEvent[]> {
  const rows = await world.query<{ payload: unknown; pending_jobs: string[] }>(
    'SELECT payload, pending_jobs FROM outbox ORDER BY created_at',
  );
  return rows.map(({ payload, pending_jobs }) => {
    const event = domainEventSchema.parse(payload);
    expect(pending_jobs).toEqual(JOBS_OF_EVENT[event.type]);
    return event;
  });
}

/** Opens an origin with one indexed file, and an outbox without the events of the upload. */
async function openWithFile(): Promise<TestOrigin & { id: string }> {
  const world = await openOrigin();
  const id = await world.addFile(LINE);
  await world.query('DELETE FROM outbox');
  return { ...world, id };
}

test('each change that the service makes has one event', async () => {
  const world = await openOrigin();
  const id = await world.addFile(LINE);
  const failing = await uploadText(world.origin, LINE);
  await world.origin.files.fail(failing.file.id, 'unreadable');
  await world.origin.files.delete(id);
  await world.origin.files.purge(id);
  await world.origin.files.freeChunks(0);
  const events = (await eventsIn(world)).map(({ type }) => type);
  expect(events).toEqual(['file.uploaded', 'file.indexed', 'file.uploaded', 'file.failed', 'file.deleted']);
});

test('control: without the check of the transaction, the service’s changes are announced twice', async () => {
  const world = await openOrigin();
  await world.query('ALTER TABLE outbox ALTER COLUMN announced_in DROP DEFAULT');
  await uploadText(world.origin, LINE);
  expect(await world.query('SELECT FROM outbox')).toHaveLength(2);
});

test.for([
  ['the name', `name = 'renamed.log'`, NO_RECORDS],
  ['the status of an indexed file', `status = 'failed'`, EXTENT],
  ['the number of lines', 'line_count = 7', EXTENT],
  ['the extent', `extent = jsonb_set(extent, '{records}', '2')`, undefined],
] as const)('an UPDATE of %s announces the part of the data that it affects', async ([, change, extent]) => {
  const world = await openWithFile();
  await world.query(`UPDATE files SET ${change}`);
  const [event, ...more] = await eventsIn(world);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ type: 'file.changed', fileId: world.id });
  const announced = event && 'extent' in event ? event.extent : undefined;
  if (extent === undefined) expect(announced).toBeUndefined();
  else expect(announced).toMatchObject(extent);
});

test('an UPDATE that changes nothing, or no shown column, has no event', async () => {
  const world = await openWithFile();
  await world.query('UPDATE files SET name = name, chunks_freed_at = now(), ingest_attempt = 9');
  expect(await eventsIn(world)).toEqual([]);
});

test('a column of a later migration counts as shown', async () => {
  const world = await openWithFile();
  await world.query('ALTER TABLE files ADD COLUMN owner text');
  await world.query(`UPDATE files SET owner = 'shop'`);
  expect(await eventsIn(world)).toMatchObject([{ type: 'file.changed', extent: EXTENT }]);
});

test('a DELETE hides the file’s lines at once, and the purge of its event removes them', async () => {
  const world = await openWithFile();
  await world.query('DELETE FROM files');
  expect(await eventsIn(world)).toMatchObject([{ type: 'file.deleted', fileId: world.id, extent: EXTENT }]);
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
  expect(await world.origin.files.get(world.id)).toBeNull();
  await world.origin.files.purge(world.id);
  for (const table of ['files', 'log_lines', 'upload_chunks'])
    expect(await world.query(`SELECT FROM ${table}`)).toEqual([]);
  expect(await eventsIn(world)).toHaveLength(1);
});

test('a TRUNCATE announces and hides every file', async () => {
  const world = await openWithFile();
  const other = await world.addFile(LINE);
  await world.query('DELETE FROM outbox');
  await world.query('TRUNCATE files');
  const events = await eventsIn(world);
  expect(new Set(events.map(({ type, fileId }) => `${type} ${fileId}`))).toEqual(
    new Set([`file.deleted ${world.id}`, `file.deleted ${other}`]),
  );
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
  for (const id of [world.id, other]) await world.origin.files.purge(id);
  expect(await world.query('SELECT FROM log_lines')).toEqual([]);
});

test.for([
  ['received', 'file.uploaded'],
  ['indexed', 'file.indexed'],
  ['failed', 'file.failed'],
] as const)('an INSERT of a file that is %s is announced as %s', async ([status, type]) => {
  const world = await openOrigin();
  await world.query(`INSERT INTO files (id, name, size_bytes, status) VALUES (gen_random_uuid(), 'x', 1, $1)`, [
    status,
  ]);
  expect(await eventsIn(world)).toMatchObject([{ type }]);
});

test('a deletion by UPDATE is announced as one, and its reversal as a new file', async () => {
  const world = await openWithFile();
  await world.query(`UPDATE files SET status = 'deleted'`);
  await world.query(`UPDATE files SET status = 'indexed'`);
  expect(await eventsIn(world)).toMatchObject([
    { type: 'file.deleted', extent: EXTENT },
    { type: 'file.indexed', extent: EXTENT },
  ]);
});

test('an UPDATE of the id deletes one file and adds another', async () => {
  const world = await openWithFile();
  const [row] = await world.query<{ id: string }>('UPDATE files SET id = gen_random_uuid() RETURNING id');
  expect(await eventsIn(world)).toMatchObject([
    { type: 'file.deleted', fileId: world.id },
    { type: 'file.indexed', fileId: row?.id },
  ]);
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
});

test('several changes in one transaction are all announced, and none if it is rolled back', async () => {
  const world = await openWithFile();
  await world.query(`BEGIN; UPDATE files SET name = 'a'; DELETE FROM files; ROLLBACK`);
  expect(await eventsIn(world)).toEqual([]);
  await world.query(`BEGIN; UPDATE files SET name = 'a'; DELETE FROM files; COMMIT`);
  expect((await eventsIn(world)).map(({ type }) => type)).toEqual(['file.changed', 'file.deleted']);
});

test('a role with no right to the outbox can change files, and its change is announced', async () => {
  const world = await openWithFile();
  const role = `script_${world.id.replaceAll('-', '')}`;
  await world.query(`CREATE ROLE ${role}; GRANT SELECT, UPDATE ON files TO ${role}`);
  onTestFinished(async () => {
    const client = new pg.Client(world.databaseUrl);
    await client.connect();
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).finally(() => client.end());
  });
  await world.query(`BEGIN; SET LOCAL ROLE ${role}; UPDATE files SET name = 'by a script'; COMMIT`);
  expect(await eventsIn(world)).toMatchObject([{ type: 'file.changed' }]);
});

test('listeners are notified of a change by SQL', async () => {
  const world = await openWithFile();
  let notifications = 0;
  const listening = await world.origin.outbox.onNotify(() => {
    notifications += 1;
  });
  await until(() => notifications === 1);
  await world.query(`UPDATE files SET name = 'renamed.log'`);
  await until(() => notifications === 2);
  await listening.close();
  expect(notifications).toBe(2);
});

test('a TRUNCATE of files together with the outbox announces and hides every file', async () => {
  const world = await openWithFile();
  await world.query('TRUNCATE files, outbox');
  const [event, ...more] = await eventsIn(world);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ type: 'file.deleted', fileId: world.id, extent: EXTENT });
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
});

test('a TRUNCATE keeps files hidden that were deleted and are not purged yet', async () => {
  const world = await openWithFile();
  await world.origin.files.delete(world.id);
  await world.query('TRUNCATE files');
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
  expect(await eventsIn(world)).toHaveLength(1);
});

test('a role without rights cannot write events through a trigger of its own table', async () => {
  const world = await openWithFile();
  const role = `stranger_${world.id.replaceAll('-', '')}`;
  await world.query(`CREATE ROLE ${role}; CREATE SCHEMA ${role} AUTHORIZATION ${role}`);
  onTestFinished(async () => {
    const client = new pg.Client(world.databaseUrl);
    await client.connect();
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).finally(() => client.end());
  });
  for (const trigger of ['announce_file_change', 'announce_truncated_files'])
    await expect(
      world.query(`BEGIN; SET LOCAL ROLE ${role}; CREATE TABLE ${role}.mine (id uuid, status text);
        CREATE TRIGGER forged AFTER DELETE ON ${role}.mine FOR EACH ROW EXECUTE FUNCTION ${trigger}()`),
    ).rejects.toThrow(`permission denied for function ${trigger}`);
});

test('a row that a transaction deletes and adds again is announced as the file that it is', async () => {
  const world = await openWithFile();
  await world.query(`BEGIN; CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM files; DELETE FROM files;
    INSERT INTO files SELECT * FROM kept; COMMIT`);
  expect((await eventsIn(world)).map(({ type }) => type)).toEqual(['file.deleted', 'file.indexed']);
  await world.origin.files.purge(world.id);
  expect((await world.origin.logs.stats({})).total_logs).toBe(1);
});

test('constraints that a session makes immediate, and a dropped column, lose no event', async () => {
  const world = await openWithFile();
  await world.query(`ALTER TABLE files DROP COLUMN year_inferred`);
  await world.query(`BEGIN; SET CONSTRAINTS ALL IMMEDIATE; UPDATE files SET name = 'a'; DELETE FROM files; COMMIT`);
  expect((await eventsIn(world)).map(({ type }) => type)).toEqual(['file.changed', 'file.deleted']);
});

test.for(['uploaded_at', 'indexed_at', 'first_timestamp', 'last_timestamp'])(
  'an UPDATE that sets %s to infinity is refused, so the list of files can be read',
  async (column) => {
    const world = await openWithFile();
    await expect(world.query(`UPDATE files SET ${column} = 'infinity'`)).rejects.toThrow('files_finite_times');
    await expect(world.query(`UPDATE files SET ${column} = '-infinity'`)).rejects.toThrow('files_finite_times');
    expect((await world.origin.files.list({ limit: 1 })).files).toHaveLength(1);
  },
);
