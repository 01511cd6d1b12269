import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { LogFile } from '@pilotlight/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const MIB = 1024 * 1024;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function add(content: string | Buffer<ArrayBuffer>, name?: string): Promise<string> {
  const { file } = (await (await api.upload(content, name)).json()) as { file: LogFile };
  return file.id;
}
const get = (id: string, init?: RequestInit) => api.fetch(`/api/files/${id}/content`, init);

async function sql(text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client(api.api.deps.config.databaseUrl);
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

const free = () => api.api.deps.origin.files.freeChunks(0);

/** Lines that differ everywhere, in several chunks. */
function manyBytes(length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(length, '.');
  for (let at = 0; at + 8 <= length; at += 8) bytes.write(`${String(at).padStart(7, '0')}\n`, at);
  return bytes;
}

test('a file of several chunks comes back as it was uploaded, before and after its ingest', async () => {
  const bytes = manyBytes(MIB + 17);
  const id = await add(bytes, 'numbers.bin');
  for (const step of ['received', 'indexed']) {
    const response = await get(id);
    expect(response.status, step).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename=numbers.bin',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      etag: `"${id}"`,
    });
    expect(response.headers.has('cache-status')).toBe(false);
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    await api.ingest(id);
  }
});

test('a gzip file comes back packed, as a file and not as a coding', async () => {
  const packed = Buffer.from(gzipSync('2026-01-01 00:00:00 INFO app: one\n'));
  const response = await get(await add(packed, 'app.log.gz'));
  expect(response.headers.get('content-type')).toBe('application/gzip');
  expect(response.headers.has('content-encoding')).toBe(false);
  expect(packed.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
});

test('HEAD has the headers of GET and no body, and a known entity tag gets 304', async () => {
  const id = await add('one line\n');
  const head = await get(id, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('content-length')).toBe('9');
  expect(await head.text()).toBe('');
  const known = await get(id, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } });
  expect(known.status).toBe(304);
  expect(await known.text()).toBe('');
  expect((await get(id, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
});

test.each([
  ['../../etc/passwd', 'attachment; filename=passwd'],
  ['C:\\logs\\app.log', 'attachment; filename=app.log'],
  ['a"b.log', 'attachment; filename="a\\"b.log"'],
  ['line\nbreak\u0000.html', 'attachment; filename=line_break_.html'],
  ['..', 'attachment; filename=file'],
  ['Größe €.log', 'attachment; filename="Gr??e ?.log"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20%E2%82%AC.log'],
])('the name %j is sent as %s', async (name, expected) => {
  const id = await add('x\n');
  await sql('UPDATE files SET name = $2 WHERE id = $1', [id, name.replaceAll('\0', '\u0001')]);
  const response = await get(id);
  expect(response.status).toBe(200);
  expect(Buffer.from(response.headers.get('content-disposition') ?? '', 'latin1').toString('latin1')).toBe(expected);
});

test('freed bytes are 410, and an unknown or deleted file is 404', async () => {
  const id = await add('2026-01-01 00:00:00 INFO app: one\n');
  await api.ingest(id);
  await free();
  expect(await expectProblem(await get(id), 410)).toMatchObject({ code: 'CONTENT_FREED' });
  expect((await api.fetch(`/api/files/${id}`)).status).toBe(200);
  await api.fetch(`/api/files/${id}`, { method: 'DELETE' });
  await expectProblem(await get(id), 404);
  await expectProblem(await get('no-such-file'), 404);
  await expectProblem(await get(id, { method: 'DELETE' }), 405);
});

test('bytes that are freed during a download cut it off, so no client takes a part for the whole', async () => {
  const id = await add(manyBytes(12 * MIB));
  const socket = await api.raw(`GET /api/files/${id}/content HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'readable');
  await sql('DELETE FROM upload_chunks WHERE file_id = $1 AND n > 10', [id]);
  let received = 0;
  for await (const bytes of socket) received += (bytes as Buffer).length;
  expect(received).toBeLessThan(12 * MIB);
});

test('a client that stops reading is not read ahead of, and one that hangs up ends the reading', async () => {
  const id = await add(manyBytes(24 * MIB));
  const { files } = api.api.deps.origin;
  const open = vi.spyOn(files, 'content');
  const taken: number[] = [];
  open.mockImplementationOnce(async (asked) => {
    open.mockRestore();
    const content = await files.content(asked);
    if (content === null) return null;
    async function* counted(chunks: AsyncIterable<Buffer>) {
      try {
        for await (const chunk of chunks) {
          taken.push(chunk.length);
          yield chunk;
        }
      } finally {
        taken.push(-1);
      }
    }
    return { ...content, chunks: counted(content.chunks) };
  });
  const socket = await api.raw(`GET /api/files/${id}/content HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'readable');
  // The socket buffers of both ends take some MiB. Meanwhile another client gets the whole file.
  expect((await (await get(id)).arrayBuffer()).byteLength).toBe(24 * MIB);
  expect(taken).not.toEqual([]);
  expect(taken.length).toBeLessThan(20);
  expect(taken).not.toContain(-1);
  socket.destroy();
  await expect.poll(() => taken.at(-1), { timeout: 30_000 }).toBe(-1);
});
