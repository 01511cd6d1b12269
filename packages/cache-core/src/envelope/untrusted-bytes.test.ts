import { brotliCompressSync, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODEC_TAGS } from './compression.ts';
import { EntryCodec } from './entry-codec.ts';
import { compressible, encoded, entryWith, KEY } from './testing/entries.ts';

const codec = new EntryCodec();
const encrypting = new EntryCodec({ encryption: { keys: [{ id: 'k1', key: Buffer.alloc(32, 1) }] } });
const AT = { codecTag: 4, keyIdLength: 5, key: 64, tags: 68, scope: 72, etag: 76, body: 80 } as const;

/** The same bytes with a valid checksum, as a writer that knows the format can make them. */
function resealed(bytes: Buffer): Buffer {
  const end = bytes.length - 4;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

async function forged(change: (bytes: Buffer) => void, entry = entryWith({ tags: ['a'] })): Promise<Buffer> {
  const bytes = Buffer.from(await encoded(codec, KEY, entry));
  change(bytes);
  return resealed(bytes);
}

/** An envelope with the stored body `stored`, whether it is compressed as declared or not. */
async function withStoredBody(codecTag: number, stored: Buffer, bodyBytes: number): Promise<Buffer> {
  const bytes = await encoded(codec, KEY, entryWith({ body: Buffer.alloc(0) }));
  bytes.writeUInt8(codecTag, AT.codecTag);
  bytes.writeUInt32BE(bodyBytes, AT.body);
  return resealed(Buffer.concat([bytes.subarray(0, -4), stored, Buffer.alloc(4)]));
}

describe('for any bytes, decoding never throws and never invents an entry', () => {
  const isMiss = async (bytes: Buffer) => {
    for (const reader of [codec, encrypting]) expect(await reader.decode(KEY, bytes)).toHaveProperty('rejected');
  };

  test('random bytes, with or without the magic bytes', async () => {
    const starts = fc.constantFrom('', 'PLC', 'PLC1', 'PLC2', 'PLC2\u0001', 'PLC9');
    await fc.assert(
      fc.asyncProperty(starts, fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (start, bytes, fits) => {
        const all = Buffer.concat([Buffer.from(start), bytes]);
        await isMiss(fits && all.length >= 8 ? resealed(all) : all);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any header before a real payload, with a valid checksum', async () => {
    const length = fc.oneof(fc.nat(200), fc.integer({ min: 2 ** 32 - 200, max: 2 ** 32 - 1 }), fc.constant(2 ** 31));
    const header = fc.record({ at: fc.constantFrom(AT.key, AT.tags, AT.scope, AT.etag, AT.body), length });
    await fc.assert(
      fc.asyncProperty(fc.array(header, { minLength: 1 }), fc.nat(255), fc.nat(3), async (changes, keyId, tag) => {
        const bytes = await forged((it) => {
          it.writeUInt8(tag, AT.codecTag);
          it.writeUInt8(keyId, AT.keyIdLength);
          for (const { at, length } of changes) it.writeUInt32BE(length, at);
        });
        const decoded = await codec.decode(KEY, bytes);
        // Some headers only divide the same bytes differently; a body is never longer than the bytes that exist.
        expect('rejected' in decoded || decoded.body.length <= bytes.length).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a stored body of any bytes, for each codec', async () => {
    const tags = fc.constantFrom(...Object.values(CODEC_TAGS).filter((tag) => tag !== CODEC_TAGS.none));
    await fc.assert(
      fc.asyncProperty(tags, fc.uint8Array({ maxLength: 200 }), fc.nat(300_000), async (tag, stored, bodyBytes) => {
        const decoded = await codec.decode(KEY, await withStoredBody(tag, Buffer.from(stored), bodyBytes));
        expect('rejected' in decoded || decoded.body.length === bodyBytes).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['foreign', 'bytes that are not an envelope', Buffer.from('{"legacy":true}')],
  ['foreign', 'bytes that are not an envelope', Buffer.alloc(0)],
  ['foreign', 'an envelope of another format version: "1"', Buffer.from('PLC1'.padEnd(200))],
  ['foreign', 'an envelope of another format version: "\\n"', Buffer.from('PLC\n'.padEnd(200))],
  ['damaged', 'an envelope truncated in its header', Buffer.from('PLC2')],
  ['damaged', 'an envelope whose checksum does not match', Buffer.from('PLC2'.padEnd(200))],
])('%s: %s', (rejected, why, bytes) => {
  expect(codec.decode(KEY, bytes)).toEqual({ rejected, why });
});

test('bytes larger than any entry are rejected by their length alone', () => {
  const bytes = Buffer.alloc(9 * 1_048_576, 'PLC2');
  expect(codec.decode(KEY, bytes)).toMatchObject({ rejected: 'oversized' });
});

describe('with a valid checksum', () => {
  const refusedAs = async (bytes: Buffer) => {
    const decoded = await codec.decode(KEY, bytes);
    return 'rejected' in decoded ? decoded.rejected : 'an entry';
  };
  /** Overwrites the JSON after the key: the tags, or the scope if there are no tags. */
  const over = (there: unknown, json: string) => (bytes: Buffer) => {
    const { length } = JSON.stringify(there);
    expect(json.length).toBeLessThanOrEqual(length);
    bytes.write(json.padEnd(length), 84 + KEY.length);
  };

  test('tags of another form are damaged', async () => {
    const tags = ['abcd', 'e'];
    const entry = entryWith({ tags });
    expect(await refusedAs(await forged(over(tags, '["a","b"]'), entry))).toBe('an entry');
    for (const json of ['["ab",1]', '{"a":11}', '["abcd",', '12345678', 'null', '[["a"]]'])
      expect(await refusedAs(await forged(over(tags, json), entry))).toBe('damaged');
  });

  test('a scope of an unknown form counts as everything', async () => {
    const scope = { level: ['ERROR', 'FATAL'], time: { from: 10, to: null } };
    const scopeOf = async (json: string) => codec.decode(KEY, await forged(over(scope, json), entryWith({ scope })));
    expect(await scopeOf(JSON.stringify(scope))).toMatchObject({ scope });
    expect(await scopeOf('{"time":{"from":10,"to":11}}')).toMatchObject({ scope: { time: { from: 10, to: 11 } } });
    const others = ['{"t":{"from":10,"to":"no"}}', '{"t":{"from":1,"or":2}}', '{"t":[1]}', '["t"]', 'null', '7', '{'];
    for (const json of others) expect(await scopeOf(json)).toMatchObject({ scope: null });
  });

  test('parts that extend beyond the end are damaged', async () => {
    const empty = entryWith({ body: Buffer.alloc(0) });
    for (const at of [AT.tags, AT.scope, AT.etag])
      expect(await refusedAs(await forged((bytes) => bytes.writeUInt32BE(23, at), empty))).toBe('damaged');
    expect(await refusedAs(await forged((bytes) => bytes.writeUInt8(255, AT.keyIdLength), empty))).toBe('damaged');
  });

  test('times that are not numbers are damaged, because they would never expire', async () => {
    for (let at = 8; at < 64; at += 8)
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
        expect(await refusedAs(await forged((bytes) => bytes.writeDoubleBE(value, at)))).toBe('damaged');
  });

  test('an unknown codec is foreign', async () => {
    expect(await refusedAs(await forged((bytes) => bytes.writeUInt8(9, AT.codecTag)))).toBe('foreign');
  });

  test('a body longer or shorter than declared is damaged', async () => {
    const body = compressible(50_000);
    for (const change of [-1, 1]) {
      expect(await refusedAs(await withStoredBody(CODEC_TAGS.none, body, body.length + change))).toBe('damaged');
    }
    for (const [tag, stored] of [
      [CODEC_TAGS.deflate, deflateRawSync(body)],
      [CODEC_TAGS.gzip, gzipSync(body)],
      [CODEC_TAGS.zstd, zstdCompressSync(body)],
      [CODEC_TAGS.brotli, brotliCompressSync(body)],
    ] as const) {
      expect(await refusedAs(await withStoredBody(tag, stored, body.length))).toBe('an entry');
      expect(await refusedAs(await withStoredBody(tag, stored, body.length + 1))).toBe('damaged');
      expect(await refusedAs(await withStoredBody(tag, stored.subarray(0, -20), body.length))).toBe('damaged');
    }
  });

  test('a large body that cannot be decompressed is damaged, without a rejection', async () => {
    const bytes = await withStoredBody(CODEC_TAGS.deflate, Buffer.alloc(1_000, 0xff), 1_000_000);
    expect(codec.decode(KEY, bytes)).toBeInstanceOf(Promise);
    expect(await refusedAs(bytes)).toBe('damaged');
  });

  test('a zstd frame that requires a window of 128 MiB is damaged', async () => {
    const frame = (descriptor: string) => Buffer.from(`28b52ffd00${descriptor}44000010000001003f012c010000`, 'hex');
    expect(await refusedAs(await withStoredBody(CODEC_TAGS.zstd, frame('68'), 100))).toBe('an entry');
    expect(await refusedAs(await withStoredBody(CODEC_TAGS.zstd, frame('88'), 100))).toBe('damaged');
  });

  test('a decompression bomb is oversized, with or without a declared size', async () => {
    const bomb = Buffer.alloc(64 * 1_048_576);
    for (const [tag, stored] of [
      [CODEC_TAGS.deflate, deflateRawSync(bomb, { level: 1 })],
      [CODEC_TAGS.gzip, gzipSync(bomb, { level: 1 })],
      [CODEC_TAGS.zstd, zstdCompressSync(bomb)],
    ] as const) {
      for (const bodyBytes of [bomb.length, 100, 1_000_000])
        expect(await refusedAs(await withStoredBody(tag, stored, bodyBytes))).toBe('oversized');
    }
  });
});
