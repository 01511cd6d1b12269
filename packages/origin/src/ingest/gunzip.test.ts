import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedGzip, GzipTooLarge } from './errors.ts';
import { gunzip } from './gunzip.ts';
import { GUNZIP_LIMITS } from './limits.ts';
import { inChunks, readAll } from './testing.ts';

const packed = gzipSync(Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`).join(''));
const messages = async (bytes: Buffer) => (await readAll(bytes)).records.map(({ message }) => message);

describe('gzip', () => {
  test('is unpacked, one member after another', async () => {
    const lines = await messages(Buffer.concat([gzipSync('one\ntw'), gzipSync('o\n'), gzipSync('three')]));
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  test('is known by its content, and said in the summary', async () => {
    expect((await readAll(packed)).summary).toMatchObject({ gzipped: true, lines: 5_000, format: 'text' });
    expect((await readAll('text')).summary.gzipped).toBe(false);
  });

  test('that is cut off anywhere is damaged', async () => {
    for (const length of [3, 9, 20, packed.length >> 1, packed.length - 1]) {
      await expect(readAll(packed.subarray(0, length))).rejects.toThrow(DamagedGzip);
    }
  });

  test('with a changed byte is damaged', async () => {
    const changed = Buffer.from(packed);
    changed.writeUInt8(changed.readUInt8(packed.length - 6) ^ 0xff, packed.length - 6);
    await expect(readAll(changed)).rejects.toMatchObject({ code: 'DAMAGED_GZIP', message: /upload it again/ });
  });

  test('that unpacks to more than the limit is refused, by size and by ratio', async () => {
    const unpack = async (limits: Partial<typeof GUNZIP_LIMITS>) => {
      for await (const _ of gunzip(inChunks(gzipSync(Buffer.alloc(10_000_000)), 1_000), {
        ...GUNZIP_LIMITS,
        ...limits,
      }));
    };
    await expect(unpack({})).resolves.toBeUndefined();
    await expect(unpack({ largestBytes: 9_000_000 })).rejects.toThrow(GzipTooLarge);
    await expect(unpack({ freeBytes: 1_000_000 })).rejects.toMatchObject({ code: 'GZIP_TOO_LARGE' });
  });

  test('an error of the source is passed on as it is, and the source is closed when reading stops early', async () => {
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
    for await (const _ of gunzip(source(false))) break;
    await expect.poll(() => closed).toBe(2);
  });
});
