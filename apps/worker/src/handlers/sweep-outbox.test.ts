import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { firstTry, openTestWorld } from '../testing/open-test-world.ts';
import { sweepOutbox } from './sweep-outbox.ts';

async function openSwept() {
  const world = await openTestWorld();
  const client = new pg.Client(world.urls.databaseUrl);
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await world.close();
  });
  const { origin } = world.deps;
  const add = async (content: string | Buffer): Promise<string> => {
    const { file } = await world.upload(content);
    await origin.ingest(file.id);
    return file.id;
  };
  const withChunks = async (): Promise<string[]> => {
    const { rows } = await client.query<{ file_id: string }>('SELECT DISTINCT file_id FROM upload_chunks');
    return rows.map(({ file_id }) => file_id);
  };
  return { world, origin, client, add, withChunks, sweep: sweepOutbox({ origin }) };
}

test('the bytes of an indexed file are freed, those of a waiting file are not', async () => {
  const { world, origin, add, withChunks, sweep } = await openSwept();
  const indexed = await add('2020-01-01 00:00:00 ERROR one row\n');
  const { file } = await world.upload('one that waits\n');
  expect((await withChunks()).toSorted()).toEqual([indexed, file.id].toSorted());
  const before = await origin.logs.stats({});
  expect(await sweep({}, firstTry())).toEqual({
    removed: 0,
    freed: 1,
    forgotten: 0,
    uploads: 0,
    keys: 0,
    backfilled: 0,
  });
  expect(await withChunks()).toEqual([file.id]);
  expect(await origin.logs.stats({})).toEqual(before);
  expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 1 });
  expect(await sweep({}, firstTry())).toEqual({
    removed: 0,
    freed: 1,
    forgotten: 0,
    uploads: 0,
    keys: 0,
    backfilled: 0,
  });
  expect(await withChunks()).toEqual([]);
  expect(await sweep({}, firstTry())).toEqual({
    removed: 0,
    freed: 0,
    forgotten: 0,
    uploads: 0,
    keys: 0,
    backfilled: 0,
  });
});

test('the bytes of a failed file are freed, even if its worker died before it could', async () => {
  const { client, add, origin, withChunks, sweep } = await openSwept();
  const id = await add(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]));
  expect((await origin.files.get(id))?.status).toBe('failed');
  await client.query(`INSERT INTO upload_chunks (file_id, n, bytes) VALUES ($1, 7, 'left behind')`, [id]);
  expect(await sweep({}, firstTry())).toMatchObject({ freed: 1 });
  expect(await withChunks()).toEqual([]);
});

test('files indexed before the sweep existed are freed by its first run, and an aborted run resumes', async () => {
  const { client, add, withChunks, sweep } = await openSwept();
  await add('2020-01-01 00:00:00 ERROR one row\n');
  await client.query('UPDATE files SET chunks_freed_at = NULL');
  const given = { ...firstTry(), signal: AbortSignal.abort('the process ends') };
  await expect(sweep({}, given)).rejects.toBe('the process ends');
  expect(await withChunks()).toHaveLength(1);
  expect(await sweep({}, firstTry())).toMatchObject({ freed: 1 });
  expect(await withChunks()).toEqual([]);
});

test('files indexed by an older version are counted by the next run, and answers stay the same', async () => {
  const { client, add, origin, sweep } = await openSwept();
  await add('2020-01-01 00:00:00 ERROR one row\n2020-01-01 00:00:01 INFO another row\n');
  const before = await origin.logs.stats({});
  await client.query('DELETE FROM file_roll_ups; DELETE FROM file_groups; DELETE FROM file_buckets');
  expect(await origin.logs.stats({})).toEqual(before);
  const stopped = { ...firstTry(), signal: AbortSignal.abort('the process ends') };
  await expect(sweep({}, stopped)).rejects.toBe('the process ends');
  expect(await sweep({}, firstTry())).toMatchObject({ backfilled: 1 });
  expect((await client.query('SELECT lines FROM file_roll_ups')).rows).toEqual([{ lines: 2 }]);
  expect(await origin.logs.stats({})).toEqual(before);
  expect(await sweep({}, firstTry())).toMatchObject({ backfilled: 0 });
});

test('with a time to keep them, uploaded bytes are freed that long after the upload', async () => {
  const { world, client, add, origin, withChunks } = await openSwept();
  const kept = sweepOutbox({ origin, rawRetentionMs: 2 * 86_400_000 });
  const id = await add('2020-01-01 00:00:00 ERROR one row\n');
  const { file } = await world.upload('one that waits\n');
  expect(await kept({}, firstTry())).toMatchObject({ freed: 0 });
  expect((await withChunks()).toSorted()).toEqual([id, file.id].toSorted());
  await client.query(`UPDATE files SET uploaded_at = uploaded_at - interval '49 hours'`);
  expect(await kept({}, firstTry())).toMatchObject({ freed: 1 });
  expect(await withChunks()).toEqual([file.id]);
});
