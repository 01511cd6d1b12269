import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { decodeEntry, encodeEntry } from './envelope.ts';

const entries: fc.Arbitrary<Entry> = fc.record({
  epoch: fc.maxSafeNat(),
  asOf: fc.maxSafeNat(),
  loadedAt: fc.double({ noNaN: true }),
  freshUntil: fc.double({ noNaN: true }),
  staleUntil: fc.double({ noNaN: true }),
  loadMs: fc.double({ min: 0, noNaN: true }),
  tags: fc.array(fc.string({ unit: 'grapheme' })),
  etag: fc.string({ minLength: 22, maxLength: 22, unit: 'grapheme-ascii' }),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});
const keys = fc.string({ minLength: 1, unit: 'grapheme' });

test('an entry comes back as it was', () => {
  fc.assert(
    fc.property(keys, entries, (key, entry) => {
      expect(decodeEntry(key, encodeEntry(key, entry))).toEqual(entry);
    }),
  );
});

test('bytes of any other origin are not an entry, and never an error', () => {
  fc.assert(
    fc.property(keys, fc.uint8Array({ maxLength: 400 }), fc.boolean(), (key, bytes, withMagic) => {
      const foreign = Buffer.concat([Buffer.from(withMagic ? 'PLC1' : ''), bytes]);
      expect(decodeEntry(key, foreign)).toHaveProperty('damaged');
    }),
    { numRuns: 1_000 },
  );
});

test('one flipped bit anywhere is noticed', () => {
  fc.assert(
    fc.property(keys, entries, fc.nat(), (key, entry, at) => {
      const bytes = encodeEntry(key, entry);
      const bit = at % (bytes.length * 8);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(decodeEntry(key, bytes)).toHaveProperty('damaged');
    }),
    { numRuns: 1_000 },
  );
});

test('cut off anywhere, or with bytes behind it, it is noticed', () => {
  fc.assert(
    fc.property(keys, entries, fc.nat(), (key, entry, at) => {
      const bytes = encodeEntry(key, entry);
      expect(decodeEntry(key, bytes.subarray(0, at % bytes.length))).toHaveProperty('damaged');
      expect(decodeEntry(key, Buffer.concat([bytes, Buffer.of(at % 256)]))).toHaveProperty('damaged');
    }),
  );
});

test('the entry of another key is refused, however alike the keys are', () => {
  fc.assert(
    fc.property(keys, keys, entries, (key, other, entry) => {
      fc.pre(key !== other);
      expect(decodeEntry(other, encodeEntry(key, entry))).toEqual({ damaged: 'entry of another key' });
    }),
  );
});
