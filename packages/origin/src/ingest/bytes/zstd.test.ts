import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FILE_LIMITS, MIN_RATIO_BYTES } from '../limits.ts';
import { inChunks, readAll } from '../testing/read-all.ts';
import { decompress } from './decompress.ts';

const LINES = Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`).join('');
const packed = zstdCompressSync(LINES, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const skippable = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, ...Buffer.from('index')]);
const messages = async (bytes: Buffer, size = 10_000) =>
  (await readAll(() => inChunks(bytes, size))).records.map(({ message }) => message);

/** A frame of which only the header counts: its window, or the size of its content. */
const frameOf = (...header: readonly number[]) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header]);

describe('zstd', () => {
  test('is unpacked, frame after frame, and skippable frames are skipped', async () => {
    const frames = [
      skippable,
      zstdCompressSync('one\ntw'),
      zstdCompressSync('o\n'),
      skippable,
      zstdCompressSync('three'),
    ];
    for (const size of [1, 5, 1_000])
      expect(await messages(Buffer.concat(frames), size)).toEqual(['one', 'two', 'three']);
  });

  test('is recognised by content and reported in the summary', async () => {
    const { summary } = await readAll(packed);
    expect(summary).toMatchObject({ packing: 'zstd', gzipped: false, lines: 5_000, format: 'text' });
  });

  test('is damaged if truncated anywhere', async () => {
    for (const length of [5, 9, 20, packed.length >> 1, packed.length - 1]) {
      await expect(readAll(packed.subarray(0, length))).rejects.toMatchObject({ code: 'DAMAGED_ZSTD' });
    }
  });

  test('with a changed byte, or other data after it, is damaged', async () => {
    const changed = Buffer.from(packed);
    changed.writeUInt8(changed.readUInt8(packed.length - 6) ^ 0xff, packed.length - 6);
    await expect(readAll(changed)).rejects.toMatchObject({ code: 'DAMAGED_ZSTD' });
    const more = Buffer.concat([packed, Buffer.from('garbage')]);
    await expect(readAll(more)).rejects.toThrow(/got other data after a frame/);
  });

  test('that needs a window of more than 8 MiB is refused before its content', async () => {
    const window = (exponent: number) => frameOf(0, exponent << 3, 1, 0, 0);
    await expect(readAll(window(14))).rejects.toThrow(/more than 8 MiB; compress it without --long/);
    await expect(readAll(frameOf(0xe0, ...Buffer.alloc(8, 0xff)))).rejects.toThrow(/more than 8 MiB/);
    // Control: 8 MiB.
    expect((await readAll(window(13))).summary.lines).toBe(0);
  });

  const unpack = async (bytes: Buffer, maxUnpackedBytes = FILE_LIMITS.maxUnpackedBytes) => {
    let unpackedBytes = 0;
    let error: unknown = null;
    try {
      for await (const piece of decompress(inChunks(bytes, 65_536), 'zstd', maxUnpackedBytes))
        unpackedBytes += piece.length;
    } catch (thrown) {
      error = thrown;
    }
    return { unpackedBytes, error };
  };

  test('that unpacks to too many bytes is rejected with the limit', async () => {
    const { unpackedBytes, error } = await unpack(packed, 10_000);
    expect(error).toMatchObject({ code: 'ZSTD_TOO_LARGE', message: /a zstd file that unpacks to at most 10000 bytes/ });
    expect(unpackedBytes).toBeLessThanOrEqual(10_000);
  });

  test('with a ratio that logs do not reach is rejected within its first bytes', async () => {
    const { unpackedBytes, error } = await unpack(zstdCompressSync(Buffer.alloc(10_000_000, '\n')));
    expect(error).toMatchObject({ code: 'ZSTD_RATIO_TOO_HIGH' });
    expect(unpackedBytes).toBeLessThanOrEqual(MIN_RATIO_BYTES);
  });

  test('of a million empty frames has no lines', async () => {
    const empty = zstdCompressSync('');
    const bytes = Buffer.alloc(empty.length * 1_000_000, empty);
    expect((await readAll(() => inChunks(bytes, 65_536))).summary).toMatchObject({ lines: 0, packing: 'zstd' });
  });
});
