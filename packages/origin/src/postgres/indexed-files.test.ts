import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openOrigin, type TestOrigin } from '../testing/open-origin.ts';

const ALL = { limit: 1_000 };

/** Begins a transaction that has indexed a file. Returns the file's id and the commit. */
async function beginIndexed({ databaseUrl }: TestOrigin): Promise<{ id: string; commit: () => Promise<void> }> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  const id = crypto.randomUUID();
  const event = { id: crypto.randomUUID(), type: 'file.indexed', version: 1, at: new Date().toISOString(), fileId: id };
  await client.query(
    `INSERT INTO outbox (id, type, file_id, payload, pending_jobs) VALUES ($1, 'file.indexed', $2, $3, '{}')`,
    [event.id, id, event],
  );
  return { id, commit: async () => void (await client.query('COMMIT')) };
}

describe('newly indexed files', () => {
  test('a file that an ingest indexes is found once, with its event', async () => {
    const { origin, addFile } = await openOrigin();
    const start = await origin.indexedFiles.now();
    const id = await addFile('2026-03-01 10:00:00 ERROR app: one line\n');
    const found = await origin.indexedFiles.between(start, ALL);
    expect(found.files).toMatchObject([{ fileId: id, event: { type: 'file.indexed', extent: { records: 1 } } }]);
    expect((await origin.indexedFiles.between(found.until, ALL)).files).toEqual([]);
    const again = await origin.indexedFiles.between(start, { ...ALL, until: found.until });
    expect(again).toEqual(found);
  });

  test('a file whose transaction commits after that of a later event is found', async () => {
    const world = await openOrigin();
    const { indexedFiles } = world.origin;
    const start = await indexedFiles.now();
    const early = await beginIndexed(world);
    const late = await beginIndexed(world);
    await late.commit();
    const first = await indexedFiles.between(start, ALL);
    expect(first.files.map(({ fileId }) => fileId)).toEqual([late.id]);
    await early.commit();
    const second = await indexedFiles.between(first.until, ALL);
    expect(second.files.map(({ fileId }) => fileId)).toEqual([early.id]);
  });

  test('control: by the times of events, such a file is lost', async () => {
    const world = await openOrigin();
    const early = await beginIndexed(world);
    const late = await beginIndexed(world);
    await late.commit();
    const [{ latest } = { latest: null }] = await world.query<{ latest: Date }>(
      'SELECT max(created_at)::text AS latest FROM outbox',
    );
    await early.commit();
    expect(await world.query('SELECT 1 FROM outbox WHERE created_at > $1', [latest])).toEqual([]);
  });

  test('whatever the order of commits, looks in between find every file once', async () => {
    const world = await openOrigin();
    const { indexedFiles } = world.origin;
    let moment = await indexedFiles.now();
    const found: string[] = [];
    const look = async () => {
      const { until, files } = await indexedFiles.between(moment, ALL);
      found.push(...files.map(({ fileId }) => fileId));
      moment = until;
    };
    const open = await Promise.all(Array.from({ length: 12 }, () => beginIndexed(world)));
    const ids = open.map(({ id }) => id);
    const [order = []] = fc.sample(fc.shuffledSubarray(open, { minLength: open.length }), 1);
    for (const one of order) await Promise.all([one.commit(), look()]);
    await look();
    expect(found.toSorted()).toEqual(ids.toSorted());
  });

  test('more files than the limit are reported', async () => {
    const world = await openOrigin();
    const start = await world.origin.indexedFiles.now();
    for (let n = 0; n < 3; n++) await (await beginIndexed(world)).commit();
    const found = await world.origin.indexedFiles.between(start, { limit: 2 });
    expect(found).toMatchObject({ files: { length: 2 }, hasMore: true });
  });
});
