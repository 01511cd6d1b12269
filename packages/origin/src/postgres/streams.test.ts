import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { EmptyUpload, KeyReused, QuotaExceeded, StreamBehind, UploadTooLarge } from '../errors.ts';
import type { Origin } from '../origin.ts';
import { NO_QUOTAS } from '../quotas.ts';
import type { Appended, StreamLimits } from '../streams.ts';
import { openOrigin, uploadText } from '../testing/open-origin.ts';

const MIB = 1024 * 1024;
/** Every open file is due at once. */
const AT_ONCE: Partial<StreamLimits> = { rollMs: 0, steadyRollMs: 0 };

interface Options {
  readonly stream?: string;
  readonly key?: string;
  readonly uploader?: string;
}

async function append(
  origin: Origin,
  lines: string,
  { stream = 'app', key, uploader }: Options = {},
): Promise<Appended> {
  const appending = await origin.streams.begin(stream, uploader);
  await appending.write(Buffer.from(lines));
  const fingerprint = createHash('sha256').update(lines).digest();
  return await appending.commit({
    lines: lines.split('\n').length - 1,
    key: key === undefined ? null : { key, fingerprint },
  });
}

async function contentOf(origin: Origin, id: string): Promise<string> {
  const content = await origin.files.content(id);
  if (content === null) throw new Error(`file ${id} does not exist`);
  return await text(content.chunks);
}

test('lines of several requests become one file with its event, in order', async () => {
  const { origin, query } = await openOrigin({ streamLimits: AT_ONCE });
  const first = await append(origin, 'one\ntwo\n');
  const second = await append(origin, 'three\n');
  expect(first).toEqual({ fileId: second.fileId, fileName: second.fileName, lines: 2, bytes: 8 });
  expect(first.fileName).toMatch(/^app-\d{8}T\d{9}Z\.log$/);
  expect(await origin.streams.isOpen(first.fileId)).toBe(true);
  expect(await origin.files.get(first.fileId)).toBe(null);
  expect(await query('SELECT FROM outbox')).toEqual([]);
  expect(await origin.streams.roll()).toBe(1);
  expect(await origin.streams.isOpen(first.fileId)).toBe(false);
  expect(await origin.files.get(first.fileId)).toMatchObject({
    name: first.fileName,
    size_bytes: 14,
    status: 'received',
  });
  expect(await contentOf(origin, first.fileId)).toBe('one\ntwo\nthree\n');
  expect(await query('SELECT type, file_id FROM outbox')).toEqual([{ type: 'file.uploaded', file_id: first.fileId }]);
  expect(await origin.ingest(first.fileId)).toMatchObject({ outcome: 'indexed', lines: 3 });
  expect((await append(origin, 'four\n')).fileId).not.toBe(first.fileId);
});

test('an open file is rolled once it has its age, by size not earlier', async () => {
  const { origin, query } = await openOrigin({
    streamLimits: { rollMs: 60_000, steadyRollMs: 600_000, quickFiles: 1, rollBytes: 100 },
  });
  const age = (ms: number) =>
    query(`UPDATE ingest_streams SET opened_at = clock_timestamp() - ${ms} * interval '1 ms'`);
  await append(origin, `${'x'.repeat(200)}\n`);
  expect(await origin.streams.roll()).toBe(0);
  await age(61_000);
  expect(await origin.streams.roll()).toBe(1);
  // The stream has rolled its quick file: a small one waits for longer, a large one does not.
  await append(origin, 'small\n');
  await age(61_000);
  expect(await origin.streams.roll()).toBe(0);
  await append(origin, `${'x'.repeat(200)}\n`);
  expect(await origin.streams.roll()).toBe(1);
});

test('a stream that paused makes its next files quickly again', async () => {
  const { origin, query } = await openOrigin({ streamLimits: { rollMs: 0, steadyRollMs: 600_000, quickFiles: 1 } });
  await append(origin, 'one\n');
  expect(await origin.streams.roll()).toBe(1);
  await query(`UPDATE ingest_streams SET rolled_at = rolled_at - interval '1 hour'`);
  await append(origin, 'two\n');
  expect(await origin.streams.roll()).toBe(1);
});

test('concurrent requests neither interleave nor lose lines while files roll', async () => {
  const { origin } = await openOrigin({ streamLimits: AT_ONCE });
  const sizes = [1, 10, 1_000, 100_000];
  const requests = Array.from({ length: 40 }, (_, n) =>
    Array.from({ length: sizes[n % sizes.length] ?? 1 }, (__, line) => `${n}:${line}`)
      .join('\n')
      .concat('\n'),
  );
  let isDone = false;
  const rolling = (async () => {
    while (!isDone) await origin.streams.roll();
  })();
  const appended = await Promise.all(requests.map((lines) => append(origin, lines)));
  isDone = true;
  await rolling;
  await origin.streams.roll();
  const ids = [...new Set(appended.map(({ fileId }) => fileId))];
  const contents = new Map(await Promise.all(ids.map(async (id) => [id, await contentOf(origin, id)] as const)));
  requests.forEach((lines, n) => {
    const content = contents.get(appended[n]?.fileId ?? '') ?? '';
    expect(`\n${content}`.split(`\n${lines}`)).toHaveLength(2);
  });
  const bytes = [...contents.values()].reduce((sum, content) => sum + content.length, 0);
  expect(bytes).toBe(requests.join('').length);
});

test('a key repeated with the same lines adds nothing and returns the same answer', async () => {
  const { origin, query } = await openOrigin({ streamLimits: AT_ONCE });
  const lines = `${'x'.repeat(3 * MIB)}\n`;
  for (const body of ['one\n', lines]) {
    const first = await append(origin, body, { key: body.slice(0, 3) });
    await origin.streams.roll();
    expect(await append(origin, body, { key: body.slice(0, 3) })).toEqual(first);
    expect(await origin.streams.roll()).toBe(0);
    expect(await contentOf(origin, first.fileId)).toBe(body);
  }
  expect(await query('SELECT FROM uploads_under_way')).toEqual([]);
  // The control: without a key the lines are added again.
  await append(origin, 'one\n');
  expect(await origin.streams.roll()).toBe(1);
});

test('of ten concurrent requests with one key, one adds its lines', async () => {
  const { origin } = await openOrigin({ streamLimits: AT_ONCE });
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, n) => append(origin, 'one\n', { key: 'k', stream: `s${n % 2}` })),
  );
  expect(new Set(all.map(({ fileId }) => fileId)).size).toBe(1);
  expect(await origin.streams.roll()).toBe(1);
  expect(await contentOf(origin, all[0]?.fileId ?? '')).toBe('one\n');
});

test('a key with other lines is KeyReused, and another uploader has its own keys', async () => {
  const { origin, query } = await openOrigin({ streamLimits: AT_ONCE });
  await append(origin, 'one\n', { key: 'k' });
  await expect(append(origin, 'two\n', { key: 'k' })).rejects.toThrow(KeyReused);
  await append(origin, 'two\n', { key: 'k', uploader: 'another' });
  expect(await query('SELECT uploader, size_bytes::int FROM ingest_streams ORDER BY uploader')).toEqual([
    { uploader: '', size_bytes: 4 },
    { uploader: 'another', size_bytes: 4 },
  ]);
});

test('an aborted, empty or too large request adds nothing', async () => {
  const { origin, query } = await openOrigin({ uploadMaxBytes: 3 * MIB });
  const aborted = await origin.streams.begin('app');
  await aborted.write(Buffer.alloc(2 * MIB, 'x\n'));
  await aborted.abort();
  await expect(append(origin, '')).rejects.toThrow(EmptyUpload);
  await expect(append(origin, 'x'.repeat(3 * MIB + 1))).rejects.toThrow(UploadTooLarge);
  for (const table of ['ingest_streams', 'upload_chunks', 'uploads_under_way', 'idempotency_keys'])
    expect(await query(`SELECT FROM ${table}`)).toEqual([]);
});

test('a full or old open file refuses lines until it is rolled', async () => {
  const { origin, query } = await openOrigin({ streamLimits: { ...AT_ONCE, maxBytes: 4, maxAgeMs: 60_000 } });
  await append(origin, 'full\n');
  await expect(append(origin, 'more\n', { key: 'k' })).rejects.toThrow(StreamBehind);
  await origin.streams.roll();
  await append(origin, 'a\n', { key: 'k' });
  await query(`UPDATE ingest_streams SET opened_at = opened_at - interval '2 minutes'`);
  await expect(append(origin, 'b\n')).rejects.toThrow(StreamBehind);
});

test('a repeated key gets its answer although new lines are refused', async () => {
  const full = await openOrigin({ streamLimits: { ...AT_ONCE, maxBytes: 4 } });
  const quotas = { ...NO_QUOTAS, total: { bytes: 4, files: null } };
  const used = await openOrigin({ quotas, streamLimits: AT_ONCE });
  for (const [{ origin }, refusal] of [
    [full, StreamBehind],
    [used, QuotaExceeded],
  ] as const) {
    const first = await append(origin, 'one\n', { key: 'k' });
    expect(await append(origin, 'one\n', { key: 'k' })).toEqual(first);
    await expect(append(origin, 'two\n', { key: 'another' })).rejects.toThrow(refusal);
  }
});

test('quotas count the bytes of open files, and a stream as one file', async () => {
  const limits = { ...NO_QUOTAS, total: { bytes: 10, files: 1 } };
  const { origin } = await openOrigin({ quotas: limits, streamLimits: AT_ONCE });
  await append(origin, 'one\n');
  await append(origin, 'two\n');
  await origin.uploads.checkQuotas({ uploader: null, bytes: 2, files: 0 });
  await expect(origin.uploads.checkQuotas({ uploader: null, bytes: 2 })).rejects.toThrow(QuotaExceeded);
  await expect(append(origin, 'three\n')).rejects.toThrow(QuotaExceeded);
  await expect(append(origin, 'a\n', { stream: 'other' })).rejects.toThrow(QuotaExceeded);
  await expect(uploadText(origin, 'a\n')).rejects.toThrow(QuotaExceeded);
  await origin.streams.roll();
  await expect(append(origin, 'a\n')).rejects.toThrow(QuotaExceeded);
});

test('a sweep forgets old keys and idle streams, and no open file', async () => {
  const { origin, query } = await openOrigin({ streamLimits: AT_ONCE });
  await append(origin, 'old\n', { key: 'old' });
  await origin.streams.roll();
  await query(`UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'`);
  await query(`UPDATE ingest_streams SET rolled_at = rolled_at - interval '2 hours'`);
  await append(origin, 'new\n', { key: 'new', stream: 'other' });
  expect(await origin.streams.sweep()).toBe(1);
  expect(await query('SELECT key FROM idempotency_keys')).toEqual([{ key: 'new' }]);
  expect(await query('SELECT stream FROM ingest_streams')).toEqual([{ stream: 'other' }]);
});
