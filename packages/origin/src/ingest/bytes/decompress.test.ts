import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedData, RatioTooHigh, UnpacksToTooMuch } from '../errors.ts';
import { FILE_LIMITS, MAX_UNPACK_RATIO, MIN_RATIO_BYTES } from '../limits.ts';
import { inChunks, readAll } from '../testing/read-all.ts';
import { decompress } from './decompress.ts';

const packed = gzipSync(Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`).join(''));
const messages = async (bytes: Buffer) => (await readAll(bytes)).records.map(({ message }) => message);

describe('gzip', () => {
  test('is unpacked, one member after another', async () => {
    const lines = await messages(Buffer.concat([gzipSync('one\ntw'), gzipSync('o\n'), gzipSync('three')]));
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  test('is recognised by content and reported in the summary', async () => {
    expect((await readAll(packed)).summary).toMatchObject({ gzipped: true, lines: 5_000, format: 'text' });
    expect((await readAll('text')).summary.gzipped).toBe(false);
  });

  test('is damaged if truncated anywhere', async () => {
    for (const length of [3, 9, 20, packed.length >> 1, packed.length - 1]) {
      await expect(readAll(packed.subarray(0, length))).rejects.toThrow(DamagedData);
    }
  });

  test('with a changed byte is damaged', async () => {
    const changed = Buffer.from(packed);
    changed.writeUInt8(changed.readUInt8(packed.length - 6) ^ 0xff, packed.length - 6);
    await expect(readAll(changed)).rejects.toMatchObject({ code: 'DAMAGED_GZIP', message: /upload it again/ });
  });

  /** Returns how many bytes come out of a file before it is rejected, and the error. */
  const unpack = async (bytes: Buffer, maxUnpackedBytes = FILE_LIMITS.maxUnpackedBytes) => {
    let unpackedBytes = 0;
    let error: unknown = null;
    try {
      for await (const piece of decompress(inChunks(bytes, 65_536), 'gzip', maxUnpackedBytes))
        unpackedBytes += piece.length;
    } catch (thrown) {
      error = thrown;
    }
    return { unpackedBytes, error };
  };

  test('that unpacks to too many bytes is rejected with the limit', async () => {
    const { unpackedBytes, error } = await unpack(packed, 10_000);
    expect(error).toBeInstanceOf(UnpacksToTooMuch);
    expect(error).toMatchObject({ code: 'GZIP_TOO_LARGE', message: /at most 10000 bytes.*INGEST_MAX_UNPACKED_BYTES/ });
    expect(unpackedBytes).toBeLessThanOrEqual(10_000);
  });

  test('with a ratio that logs do not reach is rejected within its first bytes', async () => {
    const { unpackedBytes, error } = await unpack(gzipSync(Buffer.alloc(10_000_000, '\n')));
    expect(error).toBeInstanceOf(RatioTooHigh);
    expect(error).toMatchObject({ code: 'GZIP_RATIO_TOO_HIGH', message: /at most 200 times its bytes/ });
    expect(unpackedBytes).toBeLessThanOrEqual(MIN_RATIO_BYTES);
  });

  test('with a high ratio after normal logs is rejected, too', async () => {
    const logs = Buffer.from(Array.from({ length: 50_000 }, (_, index) => `${Math.sin(index)}\n`).join(''));
    const head = gzipSync(logs);
    const { unpackedBytes, error } = await unpack(Buffer.concat([head, gzipSync(Buffer.alloc(2 ** 28, '\n'))]));
    expect(error).toBeInstanceOf(RatioTooHigh);
    expect(unpackedBytes).toBeLessThan((head.length + 2 ** 20) * MAX_UNPACK_RATIO);
  });

  test('of a few equal lines is accepted', async () => {
    const { unpackedBytes, error } = await unpack(gzipSync('one and the same line\n'.repeat(40_000)));
    expect(error).toBeNull();
    expect(unpackedBytes).toBe(880_000);
  });

  test('passes errors of the source through, and closes the source when reading stops early', async () => {
    const lost = new Error('connection lost');
    let closed = 0;
    async function* source(fails: boolean) {
      try {
        yield packed.subarray(0, 1_000);
        if (fails) throw lost;
        for (let times = 0; times < 1_000; times++) yield packed.subarray(1_000);
      } finally {
        closed++;
      }
    }
    await expect(readAll(() => source(true))).rejects.toBe(lost);
    for await (const _ of decompress(source(false), 'gzip', FILE_LIMITS.maxUnpackedBytes)) break;
    await expect.poll(() => closed).toBe(2);
  });
});
