import fc from 'fast-check';
import type { Entry } from '../../model/entry.ts';
import { readScope, type Scope } from '../../model/scope.ts';
import type { EntryCodec } from '../entry-codec.ts';
import type { Rejected } from '../rejected.ts';

export const KEY = 'stats:get_stats:5d8782ea43cb739f357f783bf8902624';

/** Text that every codec compresses well. */
export const compressible = (bytes: number): Buffer => Buffer.alloc(bytes, '{"level":"ERROR","service":"api"},');

export async function encoded(codec: EntryCodec, key: string, entry: Entry): Promise<Buffer> {
  const bytes = await codec.encode(key, entry);
  if (!bytes) throw new Error(`expected ${key} to be below the ceiling`);
  return bytes;
}

/** Returns a decoded entry without its stored body, which depends on the codec. */
export function withoutStored(decoded: Entry | Rejected): unknown {
  if ('rejected' in decoded) return decoded;
  const { encoded: _stored, ...entry } = decoded;
  return entry;
}

/** An entry for a test of its bytes. */
export function entryWith(more: Partial<Entry> = {}): Entry {
  return {
    epoch: 1_700_000_000_000,
    asOf: 42,
    loadedAt: 1_000,
    freshUntil: 2_000,
    revalidateUntil: 2_500,
    staleUntil: 3_000,
    loadMs: 7.5,
    tags: [],
    scope: null,
    etag: 'e'.repeat(22),
    body: Buffer.from('{"success":true}'),
    ...more,
  };
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const bound = fc.option(finite.map((n) => n + 0)); // JSON has no -0
const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 });
/** A scope in the form that an engine stores. */
const scopes: fc.Arbitrary<Scope | null> = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(texts, fc.record({ from: bound, to: bound })), { maxKeys: 4 })
  .map(readScope);

/** Any entry that an engine may make, with a body that compresses well, badly or not at all. */
export const anyEntry: fc.Arbitrary<Entry> = fc.record(
  {
    epoch: fc.maxSafeNat(),
    asOf: fc.maxSafeNat(),
    loadedAt: finite,
    freshUntil: finite,
    revalidateUntil: finite,
    staleUntil: finite,
    loadMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    tags: texts,
    scope: scopes,
    etag: fc.string({ maxLength: 30, unit: 'grapheme' }),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(3_000).map((length) => Buffer.alloc(length, '{"level":"ERROR"},')),
    ),
  },
  { noNullPrototype: true },
);

/** Any well-formed text: half a surrogate pair is not a key. */
export const anyKey = fc.string({ minLength: 1, unit: 'grapheme' });
