import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { EmptyUpload, OriginBusy, OriginUnavailable, UploadTooLarge } from '../errors.ts';
import { openOrigin, until, uploadText } from '../testing/open-origin.ts';
import type { Upload } from '../uploads.ts';

const MIB = 1024 * 1024;
const CUT_UPLOADS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'pilotlight uploads' AND datname = current_database()`;
const BLOCKED_UPLOADS = `SELECT 1 FROM pg_stat_activity
  WHERE application_name = 'pilotlight uploads' AND datname = current_database() AND wait_event_type = 'Lock'`;
const settles = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
const EVERY_TABLE = ['files', 'upload_chunks', 'uploads_under_way', 'outbox'];

test('bytes are read back as sent, in chunks of 1 MiB, for any cut', async () => {
  const { origin, query } = await openOrigin();
  const bytes = Buffer.from(Array.from({ length: 2.5 * MIB }, (_, index) => (index * 31) % 256));
  for (const pieceBytes of [1_000, 65_536, MIB, 2.5 * MIB]) {
    const upload = await origin.uploads.begin('binary.bin');
    for (let at = 0; at < bytes.length; at += pieceBytes) await upload.write(bytes.subarray(at, at + pieceBytes));
    const { file } = await upload.commit();
    const chunks = await query<{ bytes: Buffer }>('SELECT bytes FROM upload_chunks WHERE file_id = $1 ORDER BY n', [
      file.id,
    ]);
    expect(file.size_bytes).toBe(bytes.length);
    expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).equals(bytes)).toBe(true);
    expect(Math.max(...chunks.map((chunk) => chunk.bytes.length))).toBeLessThan(2 * MIB);
    expect(chunks.length).toBeLessThanOrEqual(3);
  }
});

test('nothing is visible before the commit; afterwards the row, event and notification are', async () => {
  const { origin } = await openOrigin();
  let notifications = 0;
  const listening = await origin.outbox.onNotify(() => {
    notifications += 1;
  });
  await until(() => notifications === 1);
  const upload = await origin.uploads.begin('../../etc/passwd');
  await upload.write(Buffer.alloc(2 * MIB, 'x\n'));
  expect((await origin.files.list({ limit: 10 })).files).toEqual([]);
  const { file, event } = await upload.commit();
  expect(file).toMatchObject({ name: '../../etc/passwd', status: 'received', size_bytes: 2 * MIB, line_count: 0 });
  expect(event).toMatchObject({ type: 'file.uploaded', version: 1, fileId: file.id });
  expect((await origin.files.list({ limit: 10 })).files).toEqual([file]);
  await until(() => notifications === 2);
  await listening.close();
});

test('an upload in progress has stored its chunks and holds no transaction or connection', async () => {
  const { origin, query } = await openOrigin({ uploadsAtATime: 21 });
  const uploads = await Promise.all(Array.from({ length: 20 }, () => origin.uploads.begin('slow.log')));
  for (const upload of uploads) await upload.write(Buffer.alloc(1.5 * MIB));
  expect(await query('SELECT count(*)::int AS n FROM upload_chunks')).toEqual([{ n: 20 }]);
  const busy = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
    AND application_name = 'pilotlight uploads'`;
  expect(await query(busy)).toEqual([]);
  expect((await origin.files.list({ limit: 10 })).files).toEqual([]);
  await uploadText(origin, 'a quick one beside them');
});

test('an aborted upload leaves no row, no chunk and no event', async () => {
  const { origin, query } = await openOrigin();
  const upload = await origin.uploads.begin('aborted.log');
  await upload.write(Buffer.alloc(3 * MIB));
  await upload.abort();
  await upload.abort();
  await expect(upload.write(Buffer.from('more'))).rejects.toThrow(/aborted/);
  await expect(upload.commit()).rejects.toThrow(/aborted/);
  for (const table of EVERY_TABLE) expect(await query(`SELECT 1 FROM ${table}`)).toEqual([]);
});

test('an empty upload is EmptyUpload, a too large one UploadTooLarge, and neither leaves anything', async () => {
  const { origin, query } = await openOrigin({ uploadMaxBytes: 10 });
  await expect(uploadText(origin, '')).rejects.toThrow(EmptyUpload);
  await expect(uploadText(origin, '12345678901')).rejects.toThrow(UploadTooLarge);
  await uploadText(origin, '1234567890');
  expect(await query('SELECT size_bytes::int FROM files')).toEqual([{ size_bytes: 10 }]);
});

test.for(['a\0b', 'x'.repeat(4096), '\u202egnp.exe', "'; DROP TABLE files; --", '', '\ud800 alone'])(
  'the name %j is kept as data',
  async (name) => {
    const { origin } = await openOrigin();
    const { file } = await uploadText(origin, 'x', name);
    expect(file.name).toBe(name.replaceAll('\0', '\ufffd').toWellFormed());
  },
);

test('at the maximum number of uploads, a further one waits, then is rejected with a retry time', async () => {
  const { origin } = await openOrigin({ uploadsAtATime: 1 });
  const slow = await origin.uploads.begin('slow.log');
  const refused = await origin.uploads.begin('refused.log').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OriginBusy);
  expect(refused).toMatchObject({ code: 'ORIGIN_BUSY', retryAfterMs: expect.any(Number) });
  expect(await origin.files.list({ limit: 1 })).toMatchObject({ files: [] });
  const [waited] = await Promise.all([origin.uploads.begin('waiting.log'), slow.abort()]);
  await waited.abort();
  await (await origin.uploads.begin('free again.log')).abort();
});

test('an upload that loses its connection at a statement leaves nothing and frees its turn', async () => {
  const { origin, query, databaseUrl } = await openOrigin({ uploadsAtATime: 1 });
  const upload = await origin.uploads.begin('lost.log');
  await upload.write(Buffer.alloc(2 * MIB));
  const blocker = new pg.Client(databaseUrl);
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE upload_chunks IN EXCLUSIVE MODE');
  const writing = upload.write(Buffer.alloc(2 * MIB));
  const rejected = expect(writing).rejects.toThrow(OriginUnavailable);
  await until(async () => (await query(BLOCKED_UPLOADS)).length === 1);
  await query(CUT_UPLOADS);
  await blocker.end();
  await rejected;
  await expect(upload.commit()).rejects.toThrow(/has ended/);
  // A removal that hits another lost connection is left to a sweep, and a failed sweep to the next one.
  await until(() => settles(origin.uploads.sweep(0)));
  for (const table of EVERY_TABLE) expect(await query(`SELECT 1 FROM ${table}`)).toEqual([]);
  await uploadText(origin, 'next');
});

test('connections lost between two chunks do not affect an upload', async () => {
  const { origin, query, errors } = await openOrigin();
  const upload = await origin.uploads.begin('paused.log');
  await upload.write(Buffer.alloc(2 * MIB));
  await query(CUT_UPLOADS);
  await until(() => errors.length > 0);
  await upload.write(Buffer.alloc(2 * MIB));
  expect((await upload.commit()).file.size_bytes).toBe(4 * MIB);
});

test('uploads of dead processes are swept by age, and active ones are not', async () => {
  const { origin, query } = await openOrigin();
  const dead = await origin.uploads.begin('dead.log');
  await dead.write(Buffer.alloc(3 * MIB));
  await query(`UPDATE uploads_under_way SET touched_at = touched_at - interval '2 hours'`);
  const live = await origin.uploads.begin('live.log');
  await live.write(Buffer.alloc(2 * MIB, 'x'));
  expect(await origin.uploads.sweep(3_600_000)).toBe(1);
  expect(await query('SELECT count(*)::int AS n FROM upload_chunks')).toEqual([{ n: 2 }]);
  expect((await live.commit()).file.size_bytes).toBe(2 * MIB);
  expect(await query('SELECT 1 FROM uploads_under_way')).toEqual([]);
});

test('an upload swept while it was paused can neither continue nor become a file', async () => {
  const { origin, query } = await openOrigin();
  const [writing, committing] = [await origin.uploads.begin('a'), await origin.uploads.begin('b')];
  for (const upload of [writing, committing]) await upload.write(Buffer.alloc(MIB));
  expect(await origin.uploads.sweep(0)).toBe(2);
  await expect(writing.write(Buffer.alloc(MIB))).rejects.toThrow(OriginUnavailable);
  await expect(committing.commit()).rejects.toThrow(/send it again/);
  for (const table of EVERY_TABLE) expect(await query(`SELECT 1 FROM ${table}`)).toEqual([]);
});

test('a sweep that died half-way is completed by the next one', async () => {
  const { origin, query } = await openOrigin();
  const upload = await origin.uploads.begin('dead.log');
  await upload.write(Buffer.alloc(3 * MIB));
  await query('UPDATE uploads_under_way SET abandoned = true');
  await query('DELETE FROM upload_chunks WHERE n = 0');
  expect(await origin.uploads.sweep(3_600_000)).toBe(1);
  for (const table of EVERY_TABLE) expect(await query(`SELECT 1 FROM ${table}`)).toEqual([]);
});

/** One step of one of several uploads: it sends `n` bytes, or ends the upload. */
const step = fc.record({
  upload: fc.nat(3),
  act: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('write' as const), bytes: fc.integer({ min: 1, max: 2 * MIB }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'abort', 'sweep', 'cut', 'forget') }) },
  ),
});

test('for any interleaving, a file exists if and only if its event and all bytes exist', async () => {
  const { origin, query } = await openOrigin({ uploadsAtATime: 1_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await query(`BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${EVERY_TABLE.join(', ')}; COMMIT`);
      const uploads = new Map<number, Upload>();
      const acts: Promise<unknown>[] = [];
      const beside = (act: Promise<unknown>) => acts.push(act.catch(() => undefined));
      for (const { upload: slot, act } of steps) {
        const upload = uploads.get(slot) ?? (await origin.uploads.begin(`${slot}`));
        uploads.set(slot, upload);
        if ('bytes' in act) await upload.write(Buffer.alloc(act.bytes, 'x')).catch(() => undefined);
        else if (act.kind === 'sweep') beside(origin.uploads.sweep(0));
        else if (act.kind === 'cut') beside(query(CUT_UPLOADS));
        else {
          // Not awaited, so that the next steps run beside it. A forgotten upload simulates a process that died.
          if (act.kind !== 'forget') beside(upload[act.kind as 'commit' | 'abort']());
          uploads.delete(slot);
        }
      }
      await Promise.all([...acts, ...[...uploads.values()].map((upload) => upload.abort())]);
      // A connection that was cut may be detected only now.
      await until(() => settles(origin.uploads.sweep(0)));
      expect(
        await query(`SELECT id FROM files f WHERE
        size_bytes IS DISTINCT FROM (SELECT sum(octet_length(bytes)) FROM upload_chunks WHERE file_id = f.id)
        OR 1 <> (SELECT count(*) FROM outbox WHERE file_id = f.id)`),
      ).toEqual([]);
      for (const table of ['outbox', 'upload_chunks']) {
        expect(await query(`SELECT 1 FROM ${table} WHERE file_id NOT IN (SELECT id FROM files)`)).toEqual([]);
      }
      expect(await query('SELECT 1 FROM uploads_under_way')).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
