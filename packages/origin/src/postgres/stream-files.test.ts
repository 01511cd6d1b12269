import { text } from 'node:stream/consumers';
import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { tarOf } from '../ingest/testing/tar-bytes.ts';
import type { Origin } from '../origin.ts';
import type { StreamLimits } from '../streams.ts';
import { openOrigin, uploadText } from '../testing/open-origin.ts';

/** Every open file is due at once. */
const AT_ONCE: Partial<StreamLimits> = { rollMs: 0, steadyRollMs: 0 };

async function append(origin: Origin, lines: string | Buffer) {
  const appending = await origin.streams.begin('app');
  await appending.write(Buffer.from(lines));
  return await appending.commit({ lines: 1, key: null });
}

async function contentOf(origin: Origin, id: string): Promise<string> {
  const content = await origin.files.content(id);
  if (content === null) throw new Error(`file ${id} does not exist`);
  return await text(content.chunks);
}

const tar = Buffer.concat([tarOf({ name: 'a.log', content: 'a b\n' }), Buffer.from('\n')]);

test.for([
  ['a zip archive', 'PK\u0003\u0004 x\n'],
  ['gzip', Buffer.from('1f8b08000000000000030a', 'hex')],
  ['tar', tar],
  ['UTF-16', Buffer.from('\ufeffall in UTF-16\n', 'utf16le')],
  ['UTF-16 without a mark', Buffer.from('all in UTF-16\n', 'utf16le')],
] as const)('a first line that looks like %s decides nothing for the others', async ([, first]) => {
  const { origin } = await openOrigin({ streamLimits: AT_ONCE });
  const { fileId } = await append(origin, first);
  await append(origin, '\n2026-03-01 10:00:00 INFO cart: opened\n');
  await origin.streams.roll();
  expect(await origin.ingest(fileId)).toMatchObject({ outcome: 'indexed' });
  expect(await origin.files.get(fileId)).toMatchObject({ packing: null, gzipped: false });
  expect((await origin.logs.search(searchBodySchema.parse({ q: 'opened', level: 'INFO' }))).total).toBe(1);
});

test.for([
  ['a JSON document', '{"level":"error","msg":"declined","items":[{"sku":1},{"sku":2}]}\n', 1],
  ['a table', 'login,alice\nlogout,bob\nlogin,carol\n', 3],
] as const)('lines that look like %s are lines in a stream', async ([, lines, count]) => {
  const { origin } = await openOrigin({ streamLimits: AT_ONCE });
  const { fileId } = await append(origin, lines);
  await origin.streams.roll();
  expect(await origin.ingest(fileId)).toMatchObject({ outcome: 'indexed', lines: count, records: count });
});

test('a failed file of a stream keeps its bytes, one of an upload does not', async () => {
  const { origin, query } = await openOrigin({ streamLimits: AT_ONCE, fileLimits: { maxRecords: 1 } });
  const { fileId } = await append(origin, 'one\ntwo\n');
  const { file: upload } = await uploadText(origin, 'one\ntwo\n');
  await origin.streams.roll();
  for (const id of [fileId, upload.id]) {
    expect((await origin.ingest(id)).outcome).toBe('failed');
    expect(await origin.ingest(id)).toEqual({ outcome: 'skipped', because: 'failed' });
  }
  await origin.files.freeChunks(0);
  expect(await contentOf(origin, fileId)).toBe('one\ntwo\n');
  expect(await query('SELECT file_id FROM upload_chunks')).toEqual([{ file_id: fileId }]);
  await origin.files.delete(fileId);
  await origin.files.purge(fileId);
  expect(await query('SELECT FROM upload_chunks')).toEqual([]);
});

test('an open file is overdue once it is older than its roll age', async () => {
  const { origin, query } = await openOrigin({
    streamLimits: { rollMs: 60_000, steadyRollMs: 600_000, quickFiles: 1 },
  });
  expect(await origin.streams.overdueMs()).toBe(0);
  await append(origin, 'one\n');
  expect(await origin.streams.overdueMs()).toBe(0);
  await query(`UPDATE ingest_streams SET opened_at = opened_at - interval '3 minutes'`);
  expect(await origin.streams.overdueMs()).toBeGreaterThanOrEqual(120_000);
  await query('UPDATE ingest_streams SET rolls = 1');
  expect(await origin.streams.overdueMs()).toBe(0);
});
