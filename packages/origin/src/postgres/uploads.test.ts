import { expect, test } from 'vitest';
import { EmptyUpload, OriginBusy, OriginUnavailable, UploadTooLarge } from '../errors.ts';
import { openOrigin, until, uploadText } from '../testing/open-origin.ts';

const MIB = 1024 * 1024;

test('bytes come back as they were sent, in chunks of 1 MiB, however they were cut', async () => {
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

test('nothing is visible before the commit, and then the row, the event and the news are', async () => {
  const { origin } = await openOrigin();
  let news = 0;
  const listening = await origin.outbox.onNews(() => {
    news += 1;
  });
  await until(() => news === 1);
  const upload = await origin.uploads.begin('../../etc/passwd');
  await upload.write(Buffer.alloc(2 * MIB, 'x\n'));
  expect((await origin.files.list({ limit: 10 })).files).toEqual([]);
  const { file, event } = await upload.commit();
  expect(file).toMatchObject({ name: '../../etc/passwd', status: 'received', size_bytes: 2 * MIB, line_count: 0 });
  expect(event).toMatchObject({ type: 'file.uploaded', version: 1, fileId: file.id });
  expect((await origin.files.list({ limit: 10 })).files).toEqual([file]);
  await until(() => news === 2);
  await listening.close();
});

test('an aborted upload leaves no row, no chunk and no event', async () => {
  const { origin, query } = await openOrigin();
  const upload = await origin.uploads.begin('aborted.log');
  await upload.write(Buffer.alloc(3 * MIB));
  await upload.abort();
  await upload.abort();
  await expect(upload.write(Buffer.from('more'))).rejects.toThrow(/aborted/);
  await expect(upload.commit()).rejects.toThrow(/aborted/);
  for (const table of ['files', 'upload_chunks', 'outbox']) expect(await query(`SELECT 1 FROM ${table}`)).toEqual([]);
});

test('an upload without a byte is EmptyUpload, and one over the guard UploadTooLarge; neither leaves anything', async () => {
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

test('when all upload connections are taken, another waits for one, then is told when to come back', async () => {
  const { origin } = await openOrigin({ uploadsAtATime: 1 });
  const slow = await origin.uploads.begin('slow.log');
  const refused = await origin.uploads.begin('refused.log').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OriginBusy);
  expect(refused).toMatchObject({ code: 'ORIGIN_BUSY', retryAfterMs: expect.any(Number) });
  expect(await origin.files.list({ limit: 1 })).toMatchObject({ files: [] });
  const waiting = origin.uploads.begin('waiting.log');
  await slow.abort();
  await (await waiting).abort();
  await (await origin.uploads.begin('free again.log')).abort();
});

test('a connection that is lost in mid-upload is OriginUnavailable, leaves nothing, and its place is free again', async () => {
  const { origin, query } = await openOrigin({ uploadsAtATime: 1 });
  const upload = await origin.uploads.begin('lost.log');
  await upload.write(Buffer.alloc(2 * MIB));
  await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'pilotlight uploads' AND datname = current_database()`);
  await expect(upload.write(Buffer.alloc(2 * MIB)).then(() => upload.commit())).rejects.toThrow(OriginUnavailable);
  await upload.abort();
  expect(await query('SELECT 1 FROM upload_chunks')).toEqual([]);
  await uploadText(origin, 'next');
});
