import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CachedEntry } from '../model/cached-entry.ts';
import type { Encoding } from '../model/variant.ts';
import { type ExpressApp, openExpressApp } from './testing/express-app.ts';

const LONG = { text: 'the same words again and again, '.repeat(200) };
const KEY = 'cache:long:';

let one: ExpressApp;
beforeEach(async () => {
  one = await openExpressApp();
  const long = one.cacheResult({ name: 'long' })(() => LONG);
  one.app.get('/long', long);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await one.close();
});

const ask = (acceptEncoding?: string, ifNoneMatch?: string) =>
  one.askRaw('/long', {
    ...(acceptEncoding && { 'accept-encoding': acceptEncoding }),
    ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }),
  });
const encodingOf = async (acceptEncoding: string) => (await ask(acceptEncoding)).headers['content-encoding'];

/** Which compressed forms this process has, or is making. */
function forms(): Encoding[] {
  const found: Encoding[] = [];
  one.cache.internal.engine.memory.each((cached) => {
    if (cached.key.startsWith(KEY))
      found.push(...(['br', 'zstd', 'gzip'] as const).filter((one) => !cached.lacks(one)));
  });
  return found;
}

test('an answer that is requested once is not compressed', async () => {
  await ask('gzip, deflate, br, zstd');
  expect(forms()).toEqual([]);
});

test('the second request compresses the answer in the background, in the accepted coding', async () => {
  await ask('gzip');
  await ask('gzip');
  expect(forms()).toEqual(['gzip']);
  await expect.poll(() => encodingOf('gzip')).toBe('gzip');
  expect(forms()).toEqual(['gzip']);
});

test('concurrent readers compress an answer once', async () => {
  await ask();
  const made = vi.spyOn(CachedEntry.prototype, 'makeVariant');
  await Promise.all(Array.from({ length: 20 }, () => ask('br')));
  await expect.poll(() => encodingOf('br')).toBe('br');
  expect(made.mock.calls).toEqual([['br']]);
});

test('each reader gets its most preferred form that is made', async () => {
  await ask();
  for (const encoding of ['gzip', 'br', 'zstd']) await expect.poll(() => encodingOf(encoding)).toBe(encoding);
  for (const [accept, encoding] of [
    ['gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['zstd', 'zstd'],
    ['identity', undefined],
    ['gzip;q=0', undefined],
    ['identity, gzip;q=0.1', undefined],
    ['*', 'br'],
    [undefined, undefined],
  ] as const) {
    const { headers, bytes } = await ask(accept);
    expect([accept, headers['content-encoding'], headers['vary']]).toEqual([accept, encoding, 'accept-encoding']);
    expect(JSON.parse(decode(bytes, encoding))).toEqual(LONG);
    expect(Number(headers['content-length'])).toBe(bytes.length);
  }
});

test('a compressed form counts among the bytes of the memory tier', async () => {
  await ask();
  const before = one.cache.internal.engine.memory.sizeBytes;
  await expect.poll(() => encodingOf('gzip')).toBe('gzip');
  const { bytes } = await ask('gzip');
  expect(one.cache.internal.engine.memory.sizeBytes - before).toBeGreaterThanOrEqual(bytes.length);
});

test('a strong tag names the same bytes, made in memory or stored', async () => {
  const varied = Array.from({ length: 300 }, (_, n) => ({
    id: `f${n}:${n * 7_919}`,
    message: `took ${n * 31_337} ms`,
  }));
  const route = one.cacheResult({ name: 'varied' })(() => varied);
  one.app.get('/varied', route);
  const gzipped = async () => {
    const { headers, bytes } = await one.askRaw('/varied', { 'accept-encoding': 'gzip' });
    return [headers['content-encoding'], headers['etag'], bytes.toString('base64')] as const;
  };
  await expect.poll(async () => (await gzipped())[0]).toBe('gzip');
  const made = await gzipped();
  one.cache.internal.engine.memory.evictWhere(() => true);
  expect(await gzipped()).toEqual(made);
});

test('given no memory, a client gets the stored coding or plain bytes, and nothing is compressed', async () => {
  const other = await openExpressApp({}, { memoryBytes: 0 });
  const made = vi.spyOn(CachedEntry.prototype, 'makeVariant');
  const long = other.cacheResult({ name: 'long' })(() => LONG);
  other.app.get('/long', long);
  await other.askRaw('/long');
  const decoders = { gzip: (bytes: Buffer) => gunzipSync(bytes), br: (bytes: Buffer) => bytes };
  for (const accepted of ['gzip', 'br'] as const) {
    const { headers, bytes } = await other.askRaw('/long', { 'accept-encoding': accepted });
    expect(headers['cache-status']).toContain('detail=redis');
    expect(headers['content-encoding']).toBe(accepted === 'gzip' ? 'gzip' : undefined);
    expect(headers['etag']?.endsWith('-gzip"')).toBe(accepted === 'gzip');
    expect(headers['vary']).toBe('accept-encoding');
    expect(JSON.parse(decoders[accepted](bytes).toString())).toEqual(LONG);
  }
  expect(made).not.toHaveBeenCalled();
  await other.close();
});

test('each form has its own validator, and each leads to a 304', async () => {
  await ask();
  await expect.poll(() => encodingOf('gzip')).toBe('gzip');
  const gzip = (await ask('gzip')).headers['etag'];
  const plain = (await ask()).headers['etag'];
  expect(gzip).not.toBe(plain);
  expect((await ask('gzip', gzip)).status).toBe(304);
  expect((await ask('gzip', plain)).status).toBe(304);
  expect((await ask(undefined, gzip)).status).toBe(200);
});

test('a client with a form of another process gets 304 from one without it', async () => {
  const plain = (await ask()).headers['etag'] ?? '';
  const held = `${plain.slice(0, -1)}-br"`;
  const answer = await ask('br', held);
  expect([answer.status, answer.headers['etag'], answer.bytes.length]).toEqual([304, held, 0]);
  expect(forms()).toEqual([]);
});

function decode(bytes: Buffer, encoding: string | undefined): string {
  if (encoding === 'gzip') return gunzipSync(bytes).toString();
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  return (encoding === 'zstd' ? zstdDecompressSync(bytes) : bytes).toString();
}
