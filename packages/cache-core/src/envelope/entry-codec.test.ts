import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CodecOptions } from './codec-options.ts';
import { EntryCodec } from './entry-codec.ts';
import { anyEntry, anyKey, compressible, encoded, entryWith, KEY, withoutStored } from './testing/entries.ts';

const encryption = { keys: [{ id: 'k1', key: Buffer.alloc(32, 1) }] };
const eager = { compressAboveBytes: 0 };
const CODECS: [string, CodecOptions][] = [
  ['plain', { compression: 'none' }],
  ['gzip', { ...eager, compression: 'gzip' }],
  ['deflate', { ...eager, compression: 'deflate' }],
  ['zstd', { ...eager, compression: 'zstd' }],
  ['brotli', { ...eager, compression: 'brotli' }],
];
const VARIANTS: [string, CodecOptions][] = [
  ...CODECS,
  ['encrypted', { compression: 'none', encryption }],
  ['deflate, encrypted', { ...eager, compression: 'deflate', encryption }],
];

describe.each(VARIANTS)('%s', (_, options) => {
  const codec = new EntryCodec(options);

  test('an entry is decoded unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyEntry, async (key, entry) => {
        expect(withoutStored(await codec.decode(key, await encoded(codec, key, entry)))).toEqual(entry);
      }),
    );
  });

  test('one flipped bit anywhere is a miss', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyEntry, fc.nat(), async (key, entry, at) => {
        const bytes = await encoded(codec, key, entry);
        const bit = at % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(await codec.decode(key, bytes)).toHaveProperty('rejected');
      }),
      { numRuns: 300 },
    );
  });

  test('an entry that is truncated or followed by other bytes is a miss', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyEntry, fc.nat(), async (key, entry, at) => {
        const bytes = await encoded(codec, key, entry);
        expect(await codec.decode(key, bytes.subarray(0, at % bytes.length))).toHaveProperty('rejected');
        expect(await codec.decode(key, Buffer.concat([bytes, Buffer.of(at % 256)]))).toHaveProperty('rejected');
      }),
    );
  });

  test('bytes under another key are foreign, however similar the keys are', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyKey, anyEntry, async (key, other, entry) => {
        fc.pre(key !== other);
        const bytes = await encoded(codec, key, entry);
        expect(await codec.decode(other, bytes)).toMatchObject({ rejected: 'foreign' });
      }),
    );
  });

  test('a body too large for the event loop is decoded unchanged too', async () => {
    const { body, ...rest } = entryWith({ body: compressible(1_000_000), tags: ['file:1'] });
    const decoded = await codec.decode(KEY, await encoded(codec, KEY, { ...rest, body }));
    expect(decoded).toMatchObject(rest);
    expect('body' in decoded && decoded.body.equals(body)).toBe(true);
  });
});

describe('compression', () => {
  const lengthOf = async (options: CodecOptions, body: Buffer) =>
    (await encoded(new EntryCodec(options), KEY, entryWith({ body }))).length;

  test('only bodies above the threshold are compressed', async () => {
    const grown = async (bytes: number) =>
      (await lengthOf({ compressAboveBytes: 500 }, compressible(bytes))) - (await lengthOf({}, Buffer.alloc(0)));
    expect(await grown(500)).toBe(500);
    expect(await grown(501)).toBeLessThan(100);
  });

  test('a body that hardly compresses is stored uncompressed', async () => {
    const noise = Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * i * 2_654_435_761) >>> 13));
    expect(await lengthOf({}, noise)).toBe(await lengthOf({ compression: 'none' }, noise));
  });

  test('entries of every codec are readable, whatever this process compresses with', async () => {
    const entry = entryWith({ body: compressible(5_000) });
    for (const [, writer] of CODECS) {
      const bytes = await encoded(new EntryCodec(writer), KEY, entry);
      for (const [, reader] of CODECS)
        expect(withoutStored(await new EntryCodec(reader).decode(KEY, bytes))).toEqual(entry);
    }
  });

  test('a body stored by gzip is also decoded as the content coding gzip', async () => {
    const body = compressible(5_000);
    const bytes = await encoded(new EntryCodec(), KEY, entryWith({ body }));
    const decoded = await new EntryCodec().decode(KEY, bytes);
    if ('rejected' in decoded || !decoded.encoded) throw new Error('expected a stored body');
    expect([decoded.encoded.encoding, gunzipSync(decoded.encoded.bytes).equals(body)]).toEqual(['gzip', true]);
  });

  test.each(['deflate', 'zstd', 'brotli', 'none'] as const)(
    'a body stored by %s is sent in no content coding',
    async (compression) => {
      const bytes = await encoded(new EntryCodec({ compression }), KEY, entryWith({ body: compressible(5_000) }));
      expect(await new EntryCodec().decode(KEY, bytes)).not.toHaveProperty('encoded');
    },
  );

  test('only a large compressed body is decoded asynchronously', async () => {
    const codec = new EntryCodec();
    const small = await encoded(codec, KEY, entryWith({ body: compressible(50_000) }));
    const large = await encoded(codec, KEY, entryWith({ body: compressible(500_000) }));
    expect(codec.decode(KEY, small)).not.toBeInstanceOf(Promise);
    expect(codec.decode(KEY, large)).toBeInstanceOf(Promise);
  });

  test('a decompressed body uses exactly its size of memory', async () => {
    const codec = new EntryCodec();
    for (const bytes of [40_000, 100_000, 300_000]) {
      const decoded = await codec.decode(KEY, await encoded(codec, KEY, entryWith({ body: compressible(bytes) })));
      expect('body' in decoded && decoded.body.buffer.byteLength).toBe(bytes);
    }
  });
});

describe('the size ceiling', () => {
  const overhead = async (key: string) =>
    (await encoded(new EntryCodec(), key, entryWith({ body: Buffer.alloc(0) }))).length;

  test('an entry at the ceiling is stored and read, a larger one is neither', async () => {
    const body = compressible(10_000);
    const maxEntryBytes = (await overhead(KEY)) + body.length;
    for (const [, options] of VARIANTS) {
      const at = new EntryCodec({ ...options, maxEntryBytes });
      const below = new EntryCodec({ ...options, maxEntryBytes: maxEntryBytes - 1 });
      const bytes = await encoded(at, KEY, entryWith({ body }));
      expect(await at.decode(KEY, bytes)).toHaveProperty('etag');
      expect(await below.encode(KEY, entryWith({ body }))).toBeNull();
      expect(await below.decode(KEY, bytes)).toMatchObject({ rejected: 'oversized' });
    }
  });

  test('tags and scope count towards the ceiling', async () => {
    const tags = Array.from({ length: 100_000 }, (_, i) => `file:${i}`);
    expect(await new EntryCodec({ maxEntryBytes: 1_000_000 }).encode(KEY, entryWith({ tags }))).toBeNull();
    const codec = new EntryCodec();
    const decoded = await codec.decode(KEY, await encoded(codec, KEY, entryWith({ tags })));
    expect('tags' in decoded && decoded.tags.join()).toBe(tags.join());
  });
});
