import { randomBytes } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll, SHARED_DATA_MISSING, sharedData } from '../testing/read-all.ts';
import { tarOf } from '../testing/tar-bytes.ts';
import { judge, MIN_CONTROL_KINDS, MIN_CONTROL_SHARE } from './not-a-log.ts';
import { SIGNATURES } from './signatures.ts';

const DATA = randomBytes(4_096);
const LINE = '2026-03-01 10:00:00 INFO cart: opened\n';

/** Bytes that begin with a signature, as the format has them. */
const beginning = (hex: string) => Buffer.from(hex.replaceAll('.', '1'), 'hex');
const kindOf = (bytes: Buffer) => judge(bytes).kind;

describe('files that are not text logs', () => {
  test.each(SIGNATURES.map((signature) => [signature.what, signature.hex, signature] as const))(
    'is refused by name: %s (%s)',
    async (what, hex, { todo }) => {
      const read = readAll(Buffer.concat([beginning(hex), DATA]));
      await expect(read).rejects.toMatchObject({
        code: 'NOT_A_LOG',
        message: `expected a text log, got ${what}; ${todo}`,
      });
    },
  );

  test.each([
    'PK',
    'BZh91AY&SY',
    '%PDF-1.4',
    'GIF89a',
    'Rar!',
    'PAR1',
    'SQLite format 3',
    'MZ',
    'BM',
    'LZIP',
    'Obj',
    'ustar',
  ])('does not include a text that begins with %s', async (word) => {
    const { records, summary } = await readAll(`${word} is the first word\nöffnet\n`);
    expect(records.map(({ message }) => message)).toEqual([`${word} is the first word`, 'öffnet']);
    expect(summary).toMatchObject({ encoding: 'utf-8', droppedNulBytes: 0 });
  });

  test('is refused as binary by its control bytes', async () => {
    for (const data of [DATA, brotliCompressSync(DATA), deflateRawSync(DATA), randomBytes(2 ** 20)]) {
      await expect(readAll(data)).rejects.toThrow('expected a text log, got binary data; upload the log as text');
    }
  });

  test('needs both a number of control bytes and a share of them', () => {
    const control = [1, 2, 3, 4, 5, 6, 0x10, 0x11];
    const text = (share: number, kinds = MIN_CONTROL_KINDS) => {
      const controls = Buffer.from(Array.from({ length: 100 }, (_, index) => control[index % kinds] ?? 0));
      return Buffer.concat([Buffer.from([0xff]), controls, Buffer.alloc(100 / share - 101, 'a')]);
    };
    expect(kindOf(text(MIN_CONTROL_SHARE))).toBe('refused');
    expect(kindOf(text(MIN_CONTROL_SHARE * 0.9))).toBe('text');
    expect(kindOf(text(MIN_CONTROL_SHARE, MIN_CONTROL_KINDS - 1))).toBe('text');
    expect(kindOf(text(MIN_CONTROL_SHARE).subarray(1))).toBe('text');
  });

  test('is never any text in UTF-8, or in UTF-16 with a mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const marked = Buffer.from(`\ufeffa${text}`, 'utf16le');
        expect(kindOf(Buffer.from(`a${text.toWellFormed()}`))).toBe('text');
        expect(kindOf(marked)).toBe('text');
        expect(kindOf(Buffer.from(marked).swap16())).toBe('text');
      }),
    );
  });

  test('is never text in another encoding of 8 bits', () => {
    const high = fc.integer({ min: 0x20, max: 0xff });
    const byte = fc.oneof(high, fc.constantFrom(0x09, 0x0a, 0x0d, 0x1b, 0x0e, 0x0f));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 3_000 }), (bytes) => {
        expect(kindOf(Buffer.from([0x61, ...bytes]))).toBe('text');
      }),
    );
  });

  test('includes packed data inside of packed data', async () => {
    const inner = gzipSync(LINE);
    await expect(readAll(gzipSync(inner))).rejects.toThrow(
      /got data compressed with gzip in the gzip data; unpack it once/,
    );
    await expect(readAll(zstdCompressSync(inner))).rejects.toThrow(/gzip in the zstd data/);
    await expect(readAll(gzipSync(zstdCompressSync(LINE)))).rejects.toThrow(/zstd in the gzip data/);
    expect((await readAll(gzipSync(tarOf({ name: 'a', content: LINE })))).summary.packing).toBe('tar+gzip');
  });

  test('UTF-16 without a mark and without ASCII is text', async () => {
    const bytes = Buffer.from('连接失败数据库错误码\n'.repeat(20), 'utf16le');
    const { records, summary } = await readAll(bytes);
    expect(records[0]?.message).toBe('连接失败数据库错误码');
    expect(summary.encoding).toBe('utf-16le');
  });

  test.skipIf(SHARED_DATA_MISSING !== '')(`is none of the samples${SHARED_DATA_MISSING}`, async () => {
    for (const file of readdirSync(sharedData('samples'))) {
      const read = readAll(() => createReadStream(sharedData(`samples/${file}`)));
      await expect(read.then(({ summary }) => summary.packing)).resolves.toBe(null);
    }
  });
});
