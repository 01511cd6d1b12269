import { type FilesQuery, NO_RECORDS } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { BadCursor } from '../errors.ts';
import { openOrigin, until, uploadText } from '../testing/open-origin.ts';

test('an empty list has no next page and every status at 0', async () => {
  const { origin } = await openOrigin();
  expect(await origin.files.list({ limit: 10 })).toEqual({
    files: [],
    stats: {
      total_files: 0,
      total_bytes: 0,
      total_lines: 0,
      total_records: 0,
      by_status: { received: 0, indexing: 0, indexed: 0, failed: 0 },
    },
    next: null,
  });
});

test('pages of any size list each file once, newest first, while newer ones arrive', async () => {
  const { origin } = await openOrigin();
  const ids: string[] = [];
  for (let index = 0; index < 7; index += 1) ids.unshift((await uploadText(origin, 'x', `${index}.log`)).file.id);
  for (const limit of [1, 2, 3, 7, 8]) {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; cursor !== null; page += 1) {
      const answer = await origin.files.list({ limit, ...(cursor && { cursor }) });
      seen.push(...answer.files.map((file) => file.id));
      cursor = answer.next;
      if (limit === 3 && page === 0) ids.unshift((await uploadText(origin, 'x', 'newer.log')).file.id);
    }
    expect(seen).toEqual(limit === 3 ? ids.slice(1) : ids);
  }
  await expect(origin.files.list({ limit: 1, cursor: 'never given' })).rejects.toThrow(BadCursor);
});

test('a list can be narrowed to a state and to a part of the name, over all pages', async () => {
  const { origin, addFile } = await openOrigin();
  const indexed = [await addFile('one'), await addFile('two')];
  const { file } = await uploadText(origin, 'x', 'Shop%_ÄRA.log');
  const listed = async (query: Omit<FilesQuery, 'limit'>): Promise<string[]> => {
    const first = await origin.files.list({ ...query, limit: 1 });
    if (first.next === null) return first.files.map(({ id }) => id);
    const second = await origin.files.list({ ...query, limit: 5, cursor: first.next });
    return [...first.files, ...second.files].map(({ id }) => id);
  };
  expect(await listed({ state: 'indexed' })).toEqual(indexed.toReversed());
  expect(await listed({ state: 'in_progress' })).toEqual([file.id]);
  expect(await listed({ state: 'failed' })).toEqual([]);
  expect(await listed({ name: 'shop%_ära' })).toEqual([file.id]);
  expect(await listed({ name: '%' })).toEqual([file.id]);
  expect(await listed({ name: 'shop', state: 'indexed' })).toEqual([]);
});

test('the totals cover all visible files, on every page', async () => {
  const { origin, addFile } = await openOrigin();
  await addFile('one\ntwo\nthree\n');
  await addFile('four');
  await uploadText(origin, '12345');
  const gone = await addFile('gone\ngone');
  await origin.files.delete(gone);
  expect((await origin.files.list({ limit: 1 })).stats).toEqual({
    total_files: 3,
    total_bytes: 14 + 4 + 5,
    total_lines: 4,
    total_records: 4,
    by_status: { received: 1, indexing: 0, indexed: 2, failed: 0 },
  });
});

test('a file shows the log position of its latest event, and since when', async () => {
  const { origin } = await openOrigin();
  const { file, event } = await uploadText(origin, 'a line');
  const pending = { position: null, state: 'pending', applied_at: null };
  expect(await origin.files.get(file.id)).toEqual({ ...file, invalidation: pending });
  await origin.outbox.markApplied(event.id, 7);
  const applied = { position: 7, state: 'applied', applied_at: expect.stringMatching(/^\d{4}-.*Z$/) };
  const { invalidation } = (await origin.files.get(file.id)) ?? {};
  expect(invalidation).toEqual(applied);
  await origin.outbox.markApplied(event.id, 7);
  expect((await origin.files.get(file.id))?.invalidation).toEqual(invalidation);
  await origin.ingest(file.id);
  expect((await origin.files.get(file.id))?.invalidation).toEqual(pending);
});

test('an unknown id returns null, even if it is not a UUID', async () => {
  const { origin } = await openOrigin();
  for (const id of ['01890a5d-ac96-774b-bcce-b302099a8057', 'no uuid', '', "'; DROP TABLE files"]) {
    expect(await origin.files.get(id)).toBeNull();
    expect(await origin.files.delete(id)).toBeNull();
    expect(await origin.ingest(id)).toEqual({ outcome: 'skipped', because: 'deleted' });
  }
});

test('a deleted file disappears from every answer at once, and a second deletion returns null', async () => {
  const { origin, addFile } = await openOrigin();
  const id = await addFile('one\ntwo');
  expect(await origin.files.delete(id)).toMatchObject({ type: 'file.deleted', fileId: id });
  expect(await origin.files.delete(id)).toBeNull();
  expect(await origin.files.get(id)).toBeNull();
  expect((await origin.files.list({ limit: 10 })).files).toEqual([]);
  expect((await origin.logs.stats({})).total_logs).toBe(0);
});

test('a deletion reports the extent of its file: as indexed, none, or unknown', async () => {
  const { origin, addFile, query } = await openOrigin();
  const extentOf = async (id: string) => Reflect.get((await origin.files.delete(id)) ?? {}, 'extent');
  const { file } = await uploadText(origin, '2015-05-17T10:05:03.000Z INFO app: x');
  const indexed = await origin.ingest(file.id);
  expect(indexed).toMatchObject({ outcome: 'indexed', event: { extent: { records: 1, levels: ['INFO'] } } });
  expect(await extentOf(file.id)).toEqual(Reflect.get(Reflect.get(indexed, 'event'), 'extent'));
  expect(await extentOf((await uploadText(origin, 'never indexed')).file.id)).toEqual(NO_RECORDS);
  const older = await addFile('indexed by a version that knew of no extent');
  await query('UPDATE files SET extent = NULL WHERE id = $1', [older]);
  expect(await extentOf(older)).toBeUndefined();
});

test('the outbox returns the extent of the change, for any service names', async () => {
  const { origin } = await openOrigin();
  const services = ['half \ud800', 'nul \0', '"quoted"', 'ünï'];
  const lines = services.map((service) => JSON.stringify({ service, message: 'x' }));
  const { file } = await uploadText(origin, lines.join('\n'));
  const result = await origin.ingest(file.id);
  const deleted = await origin.files.delete(file.id);
  const events: unknown[] = [];
  await origin.outbox.relay({ limit: 10, retryAfterMs: 0 }, async (entries) => {
    events.push(...entries.map(({ event }) => event));
  });
  expect(events.slice(1)).toEqual([Reflect.get(result, 'event'), deleted]);
  expect(deleted).toMatchObject({ extent: { services: ['"quoted"', 'half \ufffd', 'nul \ufffd', 'ünï'] } });
});

test('deleting a file by its id in capitals uses the stored id', async () => {
  const { origin, addFile } = await openOrigin();
  const id = await addFile('one');
  expect(await origin.files.delete(id.toUpperCase())).toMatchObject({ fileId: id });
});

test('of many concurrent deletions of a file, exactly one returns the event', async () => {
  const { origin, addFile } = await openOrigin();
  const id = await addFile('one');
  const events = await Promise.all(Array.from({ length: 8 }, () => origin.files.delete(id)));
  expect(events.filter((event) => event !== null)).toHaveLength(1);
});

test('a purge removes all of a deleted file, is repeatable, and spares existing files', async () => {
  const { origin, addFile, query } = await openOrigin();
  const kept = await addFile('kept');
  const gone = await addFile('one\ntwo\nthree');
  await origin.files.purge(kept);
  await origin.files.delete(gone);
  await origin.files.purge(gone);
  await origin.files.purge(gone);
  for (const [table, column] of [
    ['files', 'id'],
    ['upload_chunks', 'file_id'],
    ['log_lines', 'file_id'],
  ]) {
    expect(await query(`SELECT DISTINCT ${column} AS id FROM ${table}`)).toEqual([{ id: kept }]);
  }
});

test('a stopped purge resumes where it was', async () => {
  const { origin, addFile, query } = await openOrigin();
  const id = await addFile('one\ntwo');
  await origin.files.delete(id);
  await expect(origin.files.purge(id, AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
  expect(await query('SELECT id FROM files')).toEqual([{ id }]);
  await origin.files.purge(id);
  await until(async () => (await query('SELECT id FROM files')).length === 0);
});

test('giving up on a file fails it once with the reason and hides its records', async () => {
  const { origin } = await openOrigin();
  const { file } = await uploadText(origin, 'a line');
  expect(await origin.files.fail(file.id, 'five tries\0 failed')).toMatchObject({ type: 'file.failed' });
  expect(await origin.files.fail(file.id, 'again')).toBeNull();
  expect(await origin.files.get(file.id)).toMatchObject({ status: 'failed', error: 'five tries\ufffd failed' });
  expect(await origin.ingest(file.id)).toEqual({ outcome: 'skipped', because: 'failed' });
});
