import { gzipSync } from 'node:zlib';
import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { createOrigin } from './create-origin.ts';
import { IngestSuperseded } from './errors.ts';
import { record } from './log-store/testing/world.ts';
import { openOrigin, type TestOrigin, until, uploadText } from './testing/open-origin.ts';

const LINE = '2015-05-17T10:05:03.000Z';

function logText(lines: number): string {
  return Array.from(
    { length: lines },
    (_, index) => `${LINE} ${index % 10 === 0 ? 'ERROR' : 'INFO'} app: row ${index}`,
  ).join('\n');
}

async function lineNumbers({ query }: TestOrigin, fileId: string): Promise<number[]> {
  const rows = await query<{ line: number }>('SELECT line FROM log_lines WHERE file_id = $1 ORDER BY line', [fileId]);
  return rows.map((row) => row.line);
}

function oneTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** Maps the rejection of an ingest to its outcome. */
const outcomeOf = (error: unknown) => (error instanceof IngestSuperseded ? 'superseded' : error);

test('an ingested file has its counts, its lines are found, and its event describes it', async () => {
  const { origin } = await openOrigin();
  const { file } = await uploadText(origin, logText(25));
  const result = await origin.ingest(file.id);
  expect(result).toMatchObject({ outcome: 'indexed', lines: 25, errors: 3, unparsed: 0, truncated: 0 });
  expect(result).toMatchObject({ event: { type: 'file.indexed', fileId: file.id } });
  expect(await origin.files.get(file.id)).toMatchObject({
    status: 'indexed',
    line_count: 25,
    record_count: 25,
    error_count: 3,
    gzipped: false,
    packing: null,
    encoding: 'utf-8',
    dropped_nul_bytes: 0,
    format: 'application',
    formats: [{ name: 'application', records: 25 }],
    first_timestamp: LINE,
    last_timestamp: LINE,
    indexed_at: expect.stringMatching(/Z$/),
    error: null,
  });
  expect((await origin.logs.search(searchBodySchema.parse({ q: 'row', level: 'ERROR' }))).total).toBe(3);
});

test('a gzip file says what it was packed with', async () => {
  const { origin } = await openOrigin();
  const upload = await origin.uploads.begin('a.log.gz');
  await upload.write(gzipSync(logText(3)));
  const { file } = await upload.commit();
  expect(file).toMatchObject({ formats: [], encoding: null, packing: null });
  await origin.ingest(file.id);
  expect(await origin.files.get(file.id)).toMatchObject({ gzipped: true, packing: 'gzip', record_count: 3 });
});

test('every attempt reads a file as its upload asked', async () => {
  const { origin, query } = await openOrigin();
  const upload = await origin.uploads.begin('local.log');
  await upload.write(Buffer.from('03/04/2026 10:00:00 INFO app: one\n03/04/2026 10:00:01 INFO app: two\n'));
  const readAs = { timezone: '+05:30', date_order: 'dmy' } as const;
  const { file } = await upload.commit(readAs);
  expect(file.read_as).toEqual({ ...readAs, format: null });
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await query(`UPDATE files SET status = 'indexing'`);
    await origin.ingest(file.id);
    expect(await origin.files.get(file.id)).toMatchObject({
      read_as: { ...readAs, format: null },
      first_timestamp: '2026-04-03T04:30:00.000Z',
      last_timestamp: '2026-04-03T04:30:01.000Z',
    });
  }
});

test('a file is read by the shape that its upload gave', async () => {
  const { origin } = await openOrigin();
  const upload = await origin.uploads.begin('own.log');
  await upload.write(Buffer.from('oops: disk full\nfine: disk ok\n'));
  const shape = JSON.stringify({ name: 'own', pattern: '(?<level>\\w+): (?<message>.*)', levels: { oops: 'ERROR' } });
  const { file } = await upload.commit({ format: 'own', shape });
  expect(file.read_as).toEqual({ timezone: null, date_order: null, format: 'own' });
  expect(await origin.ingest(file.id)).toMatchObject({ format: 'own', records: 2, errors: 1, unparsed: 0 });
});

test('ingesting an indexed file again changes nothing', async () => {
  const world = await openOrigin();
  const id = await world.addFile(logText(5));
  expect(await world.origin.ingest(id)).toEqual({ outcome: 'skipped', because: 'indexed' });
  expect(await lineNumbers(world, id)).toEqual(oneTo(5));
});

test('ingesting a deleted file changes nothing', async () => {
  const { origin } = await openOrigin();
  const { file } = await uploadText(origin, 'x');
  await origin.files.delete(file.id);
  expect(await origin.ingest(file.id)).toEqual({ outcome: 'skipped', because: 'deleted' });
});

test('a damaged gzip file becomes failed with a reason, and none of its lines stays', async () => {
  const world = await openOrigin();
  const packed = gzipSync(logText(50_000));
  const upload = await world.origin.uploads.begin('damaged.log.gz');
  await upload.write(packed.subarray(0, packed.length - 100));
  const { file } = await upload.commit();
  const result = await world.origin.ingest(file.id);
  expect(result).toMatchObject({ outcome: 'failed', event: { type: 'file.failed', fileId: file.id } });
  expect(await world.origin.files.get(file.id)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('gzip'),
  });
  expect(await lineNumbers(world, file.id)).toEqual([]);
  expect(await world.origin.ingest(file.id)).toEqual({ outcome: 'skipped', because: 'failed' });
});

test.each([
  ['records', 'x\n'.repeat(3_001), { maxRecords: 3_000 }, /at most 3000 records, got more.*INGEST_MAX_RECORDS/],
  ['records of CSV', `a,b\n${'1,2\n'.repeat(3_001)}`, { maxRecords: 3_000 }, /at most 3000 records/],
  ['records of JSON', `[${'{"a":1},'.repeat(3_000)}{}]`, { maxRecords: 3_000 }, /at most 3000 records/],
  ['unpacked bytes', gzipSync(logText(1_000)), { maxUnpackedBytes: 10_000 }, /at most 10000 bytes, got more/],
  ['times its bytes', gzipSync(Buffer.alloc(5_000_000, '\n')), {}, /at most 200 times its bytes, got more/],
] as const)(
  'a file of too many %s becomes failed, names the limit, and frees its space',
  async (_what, content, fileLimits, reason) => {
    const world = await openOrigin({ fileLimits });
    const upload = await world.origin.uploads.begin('too-much.log');
    await upload.write(Buffer.from(content));
    const { file } = await upload.commit();
    expect(await world.origin.ingest(file.id)).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(reason),
    });
    expect(await world.origin.files.get(file.id)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(reason),
    });
    for (const table of ['log_lines', 'upload_chunks']) expect(await world.query(`SELECT 1 FROM ${table}`)).toEqual([]);
  },
);

test('a file with exactly the maximum number of records is indexed', async () => {
  const world = await openOrigin({ fileLimits: { maxRecords: 3_000 } });
  expect(await lineNumbers(world, await world.addFile('x\n'.repeat(3_000)))).toEqual(oneTo(3_000));
});

test('given a worker that died between failing and clearing a file, the next attempt clears it', async () => {
  const world = await openOrigin({ fileLimits: { maxRecords: 10 } });
  const { file } = await uploadText(world.origin, logText(20));
  await world.query(`UPDATE files SET status = 'failed', error = 'x'`);
  expect(await world.origin.ingest(file.id)).toEqual({ outcome: 'skipped', because: 'failed' });
  expect(await world.query('SELECT 1 FROM upload_chunks')).toEqual([]);
});

test('two concurrent ingests of one file store its lines exactly once', async () => {
  const world = await openOrigin();
  const { file } = await uploadText(world.origin, logText(20_000));
  const results = await Promise.allSettled([world.origin.ingest(file.id), world.origin.ingest(file.id)]);
  const outcomes = results.map((each) => (each.status === 'fulfilled' ? each.value.outcome : outcomeOf(each.reason)));
  expect(outcomes).toContain('indexed');
  for (const outcome of outcomes) expect(outcome).toBeOneOf(['indexed', 'skipped', 'superseded']);
  expect(await lineNumbers(world, file.id)).toEqual(oneTo(20_000));
  expect(await world.query(`SELECT 1 FROM outbox WHERE type = 'file.indexed'`)).toHaveLength(1);
});

test('given an ingest stopped half-way, the next one stores exactly the right lines', async () => {
  const world = await openOrigin();
  const { file } = await uploadText(world.origin, logText(60_000));
  const stop = new AbortController();
  const stopped = world.origin.ingest(file.id, {
    signal: stop.signal,
    onProgress: ({ lines }) => {
      if (lines >= 45_000) stop.abort(new Error('shutting down'));
    },
  });
  await expect(stopped).rejects.toThrow('shutting down');
  expect((await world.origin.files.get(file.id))?.status).toBe('indexing');
  expect((await world.origin.logs.stats({})).total_logs).toBe(0);
  await world.origin.ingest(file.id);
  expect(await lineNumbers(world, file.id)).toEqual(oneTo(60_000));
});

test('deleting a file during its ingest ends the ingest, and the purge leaves nothing', async () => {
  const world = await openOrigin();
  const { file } = await uploadText(world.origin, logText(60_000));
  let deletion: Promise<unknown> | null = null;
  const ingest = world.origin.ingest(file.id, {
    onProgress: () => {
      deletion ??= world.origin.files.delete(file.id);
    },
  });
  await expect(ingest).rejects.toThrow(IngestSuperseded);
  await deletion;
  await world.origin.files.purge(file.id);
  for (const table of ['files', 'log_lines', 'upload_chunks'])
    expect(await world.query(`SELECT 1 FROM ${table}`)).toEqual([]);
});

test('a writer stuck in mid-transaction does not block the next attempt, and is superseded', async () => {
  const world = await openOrigin();
  const { file } = await uploadText(world.origin, logText(10_000));
  const [attempt] = await world.query<{ ingest_attempt: number }>(
    `UPDATE files SET ingest_attempt = 1, status = 'indexing' RETURNING ingest_attempt`,
  );
  const { promise: thaw, resolve } = Promise.withResolvers<void>();
  async function* frozen() {
    yield [1, 2, 3].map((line) => record(line, { message: 'from the writer that froze' }));
    await thaw;
  }
  // Simulates another process: it shares no connection with the one that takes over.
  const other = createOrigin({ databaseUrl: world.databaseUrl, onError: () => undefined });
  const stuck = other.logs.write(file.id, attempt?.ingest_attempt ?? 0, frozen());
  stuck.catch(() => undefined);
  const sessions = async (): Promise<unknown[]> =>
    await world.query(`SELECT 1 FROM pg_stat_activity WHERE application_name = $1`, [`pilotlight ingest ${file.id} 1`]);
  await until(async () => (await sessions()).length === 1);
  await world.origin.ingest(file.id);
  expect(await lineNumbers(world, file.id)).toEqual(oneTo(10_000));
  resolve();
  await expect(stuck).rejects.toThrow(IngestSuperseded);
  await other.close();
  expect(await world.query(`SELECT 1 FROM log_lines WHERE message LIKE 'from the writer%'`)).toEqual([]);
});

test('ten overlapping ingests of one file store its lines once and write one event', async () => {
  const world = await openOrigin();
  const { file } = await uploadText(world.origin, logText(5_000));
  const others = Array.from({ length: 2 }, () =>
    createOrigin({ databaseUrl: world.databaseUrl, onError: () => undefined }),
  );
  const ingests = Array.from({ length: 10 }, async (_, index) => {
    const origin = others[index % 2] ?? world.origin;
    return await origin.ingest(file.id).then((result) => result.outcome, outcomeOf);
  });
  const outcomes = await Promise.all(ingests);
  expect(outcomes).toContain('indexed');
  for (const outcome of outcomes) expect(outcome).toBeOneOf(['indexed', 'skipped', 'superseded']);
  expect(await lineNumbers(world, file.id)).toEqual(oneTo(5_000));
  expect(await world.query(`SELECT 1 FROM outbox WHERE type = 'file.indexed'`)).toHaveLength(1);
  await Promise.all(others.map((origin) => origin.close()));
});
