import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../entry.ts';
import type { CodecOptions } from './codec-options.ts';
import { anyEntry, anyKey, entryWith } from './entries.ts';
import { EntryCodec } from './entry-codec.ts';

const KEY = 'stats:get_stats:5d8782ea43cb739f357f783bf8902624';
const encryption = { keys: [{ id: 'k1', key: Buffer.alloc(32, 1) }] };
const eager = { compressAboveBytes: 0 };
const VARIANTS: [string, CodecOptions][] = [
  ['plain', { compression: 'none' }],
  ['zstd', { ...eager, compression: 'zstd' }],
  ['brotli', { ...eager, compression: 'brotli' }],
  ['deflate', { ...eager, compression: 'deflate' }],
  ['encrypted', { compression: 'none', encryption }],
  ['zstd, encrypted', { ...eager, compression: 'zstd', encryption }],
];

async function encoded(codec: EntryCodec, key: string, entry: Entry): Promise<Buffer> {
  const bytes = await codec.encode(key, entry);
  if (!bytes) throw new Error('expected an entry below the ceiling');
  return bytes;
}

const compressible = (bytes: number) => Buffer.alloc(bytes, '{"level":"ERROR","service":"api"},');

describe.each(VARIANTS)('%s', (_, options) => {
  const codec = new EntryCodec(options);

  test('an entry comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyEntry, async (key, entry) => {
        expect(await codec.decode(key, await encoded(codec, key, entry))).toEqual(entry);
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

  test('cut off anywhere, or with bytes behind it, it is a miss', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyEntry, fc.nat(), async (key, entry, at) => {
        const bytes = await encoded(codec, key, entry);
        expect(await codec.decode(key, bytes.subarray(0, at % bytes.length))).toHaveProperty('rejected');
        expect(await codec.decode(key, Buffer.concat([bytes, Buffer.of(at % 256)]))).toHaveProperty('rejected');
      }),
    );
  });

  test('bytes under another key are foreign, however alike the keys are', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyKey, anyEntry, async (key, other, entry) => {
        fc.pre(key !== other);
        const bytes = await encoded(codec, key, entry);
        expect(await codec.decode(other, bytes)).toMatchObject({ rejected: 'foreign' });
      }),
    );
  });

  test('a body too large for the event loop comes back as it was too', async () => {
    const { body, ...rest } = entryWith({ body: compressible(1_000_000), tags: ['file:1'] });
    const decoded = await codec.decode(KEY, await encoded(codec, KEY, { ...rest, body }));
    expect(decoded).toMatchObject(rest);
    expect('body' in decoded && decoded.body.equals(body)).toBe(true);
  });
});
