import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EntryCodec } from './entry-codec.ts';
import { compressible, encoded, entryWith, KEY } from './testing/entries.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2).toString('base64') };
const withKeys = (...keys: { id: string; key: Buffer | string }[]) => new EntryCodec({ encryption: { keys } });
const codec = withKeys(OLD);

/** The same bytes with a valid checksum, as a writer without the key can make them. */
function resealed(bytes: Buffer): Buffer {
  const end = bytes.length - 4;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

describe('an encrypted entry', () => {
  test('reveals nothing of its answer, tags, scope or etag', async () => {
    const secrets = { tags: ['customer:4711'], scope: { service: ['payments'] }, etag: 'the-etag-of-the-answer' };
    const shown = (await encoded(codec, KEY, entryWith({ ...secrets, body: Buffer.from('"the answer"') }))).toString(
      'latin1',
    );
    for (const secret of ['4711', 'payments', 'the-etag', 'answer']) expect(shown).not.toContain(secret);
  });

  test('has different bytes each time, even for the same answer', async () => {
    const [a, b] = [await encoded(codec, KEY, entryWith()), await encoded(codec, KEY, entryWith())];
    expect(a.equals(b)).toBe(false);
    expect(codec.decode(KEY, a)).toEqual(codec.decode(KEY, b));
  });

  test('cannot be changed anywhere without the key, not even its readable stamp and times', async () => {
    const bytes = await encoded(codec, KEY, entryWith());
    const outcomes = new Set<string>();
    for (let at = 0; at < bytes.length - 4; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      const decoded = await codec.decode(KEY, resealed(changed));
      outcomes.add('rejected' in decoded ? decoded.rejected : `an entry, with byte ${at} changed`);
      if (at >= 8 && at < 64) expect(decoded).toMatchObject({ rejected: 'undecryptable' });
    }
    expect([...outcomes].filter((outcome) => outcome.startsWith('an entry'))).toEqual([]);
  });

  test('cannot be combined from two others', async () => {
    const [a, b] = [
      await encoded(codec, KEY, entryWith({ asOf: 1 })),
      await encoded(codec, KEY, entryWith({ asOf: 2 })),
    ];
    const mixed = resealed(Buffer.concat([b.subarray(0, 84 + KEY.length + 3), a.subarray(84 + KEY.length + 3)]));
    expect(codec.decode(KEY, mixed)).toMatchObject({ rejected: 'undecryptable' });
  });

  test('truncated anywhere, with a valid checksum, is a miss', async () => {
    const bytes = await encoded(codec, KEY, entryWith());
    for (let length = 8; length < bytes.length; length++)
      expect(codec.decode(KEY, resealed(Buffer.from(bytes.subarray(0, length))))).toHaveProperty('rejected');
  });
});

describe('keys', () => {
  test('rotate without a miss: add the new key, encrypt with it, remove the old one', async () => {
    const stages = [withKeys(OLD), withKeys(OLD, NEW), withKeys(NEW, OLD), withKeys(NEW)];
    for (const [i, stage] of stages.entries()) {
      const bytes = await encoded(stage, KEY, entryWith());
      // During a deploy, processes of one stage and of the next run side by side.
      for (const reader of stages.slice(Math.max(0, i - 1), i + 2))
        expect(reader.decode(KEY, bytes)).toEqual(entryWith());
    }
  });

  test('an unknown key, or another key under its id, causes a miss that names it', async () => {
    const bytes = await encoded(withKeys(NEW), KEY, entryWith());
    const undecryptable = (why: string) => ({ rejected: 'undecryptable', why });
    const notHere = undecryptable('encrypted with a key that this process does not have: "new"');
    expect(codec.decode(KEY, bytes)).toEqual(notHere);
    expect(new EntryCodec().decode(KEY, bytes)).toEqual(notHere);
    const other = withKeys({ id: 'new', key: Buffer.alloc(32, 3) });
    expect(other.decode(KEY, bytes)).toEqual(undecryptable('not encrypted with the key "new" of this process'));
  });

  test('with keys, an unencrypted entry is rejected', async () => {
    const bytes = await encoded(new EntryCodec(), KEY, entryWith());
    expect(codec.decode(KEY, bytes)).toEqual({
      rejected: 'foreign',
      why: 'not encrypted, although this process requires encryption',
    });
  });

  test('may be bytes, base64 or hex', async () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i));
    const bytes = await encoded(withKeys({ id: 'k', key }), KEY, entryWith({ body: compressible(9_000) }));
    for (const form of ['base64', 'base64url', 'hex'] as const)
      expect(await withKeys({ id: 'k', key: key.toString(form) }).decode(KEY, bytes)).toHaveProperty('body');
  });

  test('are copied: changing the given bytes later has no effect', async () => {
    const key = Buffer.alloc(32, 5);
    const own = withKeys({ id: 'k', key });
    const bytes = await encoded(own, KEY, entryWith());
    key.fill(0);
    expect(own.decode(KEY, bytes)).toEqual(entryWith());
  });
});
