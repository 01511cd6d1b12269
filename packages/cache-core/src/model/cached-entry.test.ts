import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryTier } from '../memory/memory-tier.ts';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { READ_OFTEN } from './credit.ts';
import { parseKey } from './key.ts';
import { etagOf, toBody } from './value.ts';

const rows = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `row ${i}`, ratio: i / 7 }));

test('all readers share one value', () => {
  const one = sampleEntry('k:1', { value: { rows } });
  expect(one.value()).toBe(one.value());
  expect(one.value()).toEqual({ rows });
});

test('all readers of an entry that is read often share one frozen promise of the value', async () => {
  const one = sampleEntry('k:1', { value: { rows } });
  one.credit = READ_OFTEN;
  expect(one.valuePromise()).toBe(one.valuePromise());
  expect(Object.isFrozen(one.valuePromise())).toBe(true);
  expect(one.valuePromise()).toBe(one.valuePromise());
  expect(await one.valuePromise()).toBe(one.value());
  one.shed();
  expect(await one.valuePromise()).toBe(one.value());
});

test('an entry whose value does not fit into its tier keeps no promise of it', async () => {
  const tier = new MemoryTier(6_000);
  const value = Array.from({ length: 700 }, () => ({}));
  const one = sampleEntry('k:1', { value });
  expect(tier.put(one)).toBe(true);
  for (let i = 0; i < 4; i++) expect(await tier.get(one.key)?.valuePromise()).toEqual(value);
  expect(one.valuePromise()).not.toBe(one.valuePromise());
  expect([tier.peek(one.key), one.sizeBytes < 6_000]).toEqual([one, true]);
});

test('an entry that is surely fresh is fresh by both clocks and far from an early refresh', () => {
  const instant = fc.double({ min: 0, max: 4e12, noNaN: true });
  const lifeMs = fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 0, max: 1e12, noNaN: true }));
  const seen = fc.record({ wall: instant, monotonic: fc.double({ min: 0, max: 1e11, noNaN: true }) });
  const laterMs = fc.oneof(
    fc.double({ min: -1e4, max: 2e5, noNaN: true }),
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  );
  let surely = 0;
  fc.assert(
    fc.property(
      seen,
      lifeMs,
      fc.constantFrom(0, 0.3, 700),
      laterMs,
      laterMs,
      (seenAt, lives, loadMs, later, wallLater) => {
        const freshUntil = seenAt.wall + lives;
        const one = sampleEntry('k:1', { freshUntil, loadMs }, seenAt);
        const at = { monotonic: seenAt.monotonic + later, wall: seenAt.wall + wallLater };
        if (!one.isSurelyFreshAt(at.monotonic, at.wall)) return;
        surely++;
        expect(Math.max(at.wall, at.monotonic + one.wallAtZero)).toBeLessThan(freshUntil);
        expect(freshUntil - at.wall).toBeGreaterThanOrEqual(37 * loadMs);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(surely).toBeGreaterThan(100);
  expect(sampleEntry('k:1', { freshUntil: 10_000, loadMs: 0 }).isSurelyFreshAt(0, 8_999)).toBe(true);
});

test('undefined and null are values and decoded once', () => {
  expect([sampleEntry('k:1', { body: Buffer.alloc(0) }).value(), sampleEntry('k:1', { value: null }).value()]).toEqual([
    undefined,
    null,
  ]);
});

test('an entry has all members of the answer that it is made of', () => {
  const times = { loadedAt: 10, freshUntil: 20, revalidateUntil: 30, staleUntil: 40, loadMs: 5 };
  const body = toBody(parseKey('k:1'), rows);
  const parts = { epoch: 3, asOf: 7, ...times, body, tags: ['file-1'], scope: { level: ['ERROR'] } };
  expect(sampleEntry('k:1', parts)).toMatchObject({ ...parts, etag: etagOf(body), bodyBytes: body.length });
});

test('entries of equal values have equal entity tags, of different values different ones', () => {
  const [a, b, c] = [{ a: 1 }, { a: 1 }, { a: 2 }].map((value) => sampleEntry('k:1', { value }).etag);
  expect(a).toHaveLength(22);
  expect([b === a, c === a]).toEqual([true, false]);
});

test('a loaded entry takes no bytes for its entity tag until a reader needs it', () => {
  const tier = new MemoryTier(1_000_000);
  const one = sampleEntry('k:1');
  tier.put(one);
  const before = tier.sizeBytes;
  expect(one.etag).toBe(etagOf(one.body));
  expect([tier.sizeBytes - before, one.sizeBytes]).toEqual([40, tier.sizeBytes]);
});

test('an entry from a shared tier keeps the entity tag that it was stored with', () => {
  expect(sampleEntry('k:1', { etag: 'of another version' }).etag).toBe('of another version');
});

test('each variant is the compressed body in its own memory', async () => {
  const one = sampleEntry('k:1', { value: rows });
  for (const encoding of ['zstd', 'br', 'gzip'] as const) await one.makeVariant(encoding);
  const decoders = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
  for (const encoding of ['zstd', 'br', 'gzip'] as const) {
    const bytes = one.variant(encoding);
    expect(bytes && decoders[encoding](bytes)).toEqual(one.body);
    expect(bytes?.buffer.byteLength).toBe(bytes?.length);
    expect(bytes?.length).toBeLessThan(one.body.length / 2);
  }
});

test('a variant is created once, at the first request', async () => {
  const one = sampleEntry('k:1', { value: rows });
  const making = [one.makeVariant('gzip'), one.makeVariant('gzip')];
  expect(one.variant('gzip')).toBeUndefined();
  await Promise.all(making);
  const made = one.variant('gzip');
  await one.makeVariant('gzip');
  expect(one.variant('gzip')).toBe(made);
});

test('a small or incompressible body has no variant', async () => {
  const small = sampleEntry('k:1', { value: 'a'.repeat(500) });
  const noise = sampleEntry('k:2', { body: Buffer.from(crypto.getRandomValues(new Uint8Array(5_000))) });
  const before = [small.sizeBytes, noise.sizeBytes];
  for (const encoding of ['zstd', 'br', 'gzip'] as const) {
    await Promise.all([small, noise].map((one) => one.makeVariant(encoding)));
    expect([small.variant(encoding), noise.variant(encoding)]).toEqual([undefined, undefined]);
  }
  expect([small.sizeBytes, noise.sizeBytes]).toEqual(before);
});

test("tags count towards an entry's size", () => {
  const tags = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(100));
  expect(sampleEntry('k:1', { tags }).sizeBytes - sampleEntry('k:1').sizeBytes).toBeGreaterThan(100 * 100);
});

describe('reloaded with the same answer', () => {
  const reloaded = async (value: unknown) => {
    const tier = new MemoryTier(1_000_000);
    const [before, after] = [sampleEntry('k:1', { value: rows }), sampleEntry('k:1', { value, asOf: 2 })];
    tier.put(before);
    before.value();
    await before.makeVariant('gzip');
    tier.put(after);
    return { before, after, tier };
  };

  test('an entry is not decoded or compressed again and keeps its size', async () => {
    const { before, after, tier } = await reloaded(rows);
    expect([after.lacks('gzip'), after.value() === before.value()]).toEqual([false, true]);
    expect(after.variant('gzip')).toBe(before.variant('gzip'));
    expect(tier.sizeBytes).toBe(before.sizeBytes);
  });

  test('otherwise an entry takes nothing from the earlier answer', async () => {
    const { after } = await reloaded(rows.slice(1));
    expect([after.lacks('gzip'), after.variant('gzip'), after.value()]).toEqual([true, undefined, rows.slice(1)]);
  });

  test('a different body is another answer even if the entity tag is the same', async () => {
    const tier = new MemoryTier(1_000_000);
    const [before, after] = [
      sampleEntry('k:1', { value: 'before', etag: 'same' }),
      sampleEntry('k:1', { value: 'after', etag: 'same', asOf: 2 }),
    ];
    for (const one of [before, after]) tier.put(one);
    expect(after.value()).toBe('after');
  });
});
