import { expect, test } from 'vitest';
import type { CodecOptions } from './codec-options.ts';
import { EntryCodec } from './entry-codec.ts';

const SECRET = 'a secret that is too short';
const key = Buffer.alloc(32, 1);
const keys = (...all: unknown[]) => ({ encryption: { keys: all } });

test.each<[unknown, string]>([
  [{ compression: 'lzma' }, 'compression: expected one of gzip, deflate, zstd, brotli, none, got "lzma"'],
  [{ compression: null }, 'compression: expected one of gzip, deflate, zstd, brotli, none, got null'],
  [
    { compressAboveBytes: -1 },
    'compressAboveBytes: expected a whole number of bytes, 0 or more, got -1; to compress nothing',
  ],
  [{ compressAboveBytes: Number.NaN }, 'compressAboveBytes: expected a whole number of bytes'],
  [{ compressAboveBytes: '4kb' }, 'compressAboveBytes: expected a whole number of bytes'],
  [{ maxEntryBytes: 0 }, 'maxEntryBytes: expected a whole number of bytes from 1024 to 268435456, got 0'],
  [
    { maxEntryBytes: 2 ** 32 },
    'maxEntryBytes: expected a whole number of bytes from 1024 to 268435456, got 4294967296',
  ],
  [{ maxEntryBytes: Number.POSITIVE_INFINITY }, 'maxEntryBytes: expected'],
  [keys(), 'encryption.keys: expected at least one key'],
  [{ encryption: {} }, 'encryption.keys: expected a list of keys, got undefined'],
  [keys({ id: '', key }), 'the id of an encryption key: expected 1 to 32 letters'],
  [keys({ key }), 'the id of an encryption key: expected 1 to 32 letters'],
  [keys({ id: 'a b', key }), 'the id of an encryption key: expected 1 to 32 letters'],
  [keys({ id: 'k', key }, { id: 'k', key }), 'encryption.keys: expected an id of its own for each key, got "k, k"'],
  [
    keys({ id: 'k', key: Buffer.alloc(16) }),
    'encryption key k: expected 32 bytes, or those as base64 or hex text, got "16 bytes"',
  ],
  [
    keys({ id: 'k', key: SECRET }),
    'encryption key k: expected 32 bytes, or those as base64 or hex text, got "26 characters that are neither"',
  ],
  [
    keys({ id: 'k', key: 'ab'.repeat(16) }),
    'encryption key k: expected 32 bytes, or those as base64 or hex text, got "24 bytes"',
  ],
  [keys({ id: 'k', key: 7 }), 'encryption key k: expected 32 bytes, or those as base64 or hex text, got "a number"'],
  [keys({ id: 'k' }), 'encryption key k: expected 32 bytes, or those as base64 or hex text, got "nothing"'],
])('%j is rejected at construction, and the error names the expected value', (options, message) => {
  expect(() => new EntryCodec(options as CodecOptions)).toThrow(message);
  expect(() => new EntryCodec(options as CodecOptions)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test('an error message never contains a key', () => {
  expect(() => new EntryCodec(keys({ id: 'k', key: SECRET }) as CodecOptions)).not.toThrow(SECRET);
});
