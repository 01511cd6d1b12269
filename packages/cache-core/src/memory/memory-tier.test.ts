import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CachedEntry } from '../model/cached-entry.ts';
import { parseKey } from '../model/key.ts';
import { type CachedEntryParts, sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { MemoryTier } from './memory-tier.ts';

const MIB = 1_048_576;

const inTier = (tier: MemoryTier, name: string) => tier.get(parseKey(name)) !== undefined;

/** What readers do with an entry after it was stored. */
const USES = ['none', 'value', 'value often', 'promise often', 'bytes', 'bytes and value', 'variant', 'etag'] as const;

async function use(tier: MemoryTier, one: CachedEntry, how: (typeof USES)[number]): Promise<void> {
  if (how === 'value often') for (let i = 0; i < 3; i++) tier.get(one.key)?.value();
  if (how === 'promise often') for (let i = 0; i < 4; i++) await tier.get(one.key)?.valuePromise();
  if (how.startsWith('bytes')) {
    one.prepare({});
    expect(one.keptBody()).toEqual(one.body);
    one.countPrepared(100);
  }
  if (how.endsWith('value')) one.value();
  if (how === 'variant') await one.makeVariant('gzip', 0);
  if (how === 'etag') expect(one.etag).toHaveLength(22);
}

test('a tier never exceeds its bytes, whatever is stored, decoded or compressed', async () => {
  const puts = fc.array(fc.tuple(fc.nat(40), fc.nat(20_000), fc.nat(30), fc.constantFrom(...USES)), { maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(puts, fc.integer({ min: 8, max: 64 }), async (entries, kib) => {
      const tier = new MemoryTier(kib * 1_024);
      for (const [n, chars, tagCount, how] of entries) {
        const tags = Array.from({ length: tagCount }, (_, i) => `t${i}`);
        const value = chars % 2 ? 'a'.repeat(chars) : Array.from({ length: chars / 50 }, (_, i) => i);
        const one = sampleEntry(`k:${n}`, { value, tags });
        const body = Buffer.from(one.body);
        tier.put(one);
        await use(tier, one, how);
        expect([one.value(), one.body.equals(body)]).toEqual([value, true]);
        let bytes = 0;
        tier.each(({ sizeBytes }) => {
          bytes += sizeBytes;
        });
        expect(tier.sizeBytes).toBe(bytes);
        expect(tier.sizeBytes).toBeLessThanOrEqual(kib * 1_024);
      }
    }),
    { numRuns: 30 },
  );
});

test("its count equals the sum of its entries' sizes, also after they grow", async () => {
  const tier = new MemoryTier(MIB);
  const all = Array.from({ length: 10 }, (_, i) => sampleEntry(`k:${i}`, { value: { text: 'abc'.repeat(1_000 * i) } }));
  const sum = () => all.reduce((bytes, one) => bytes + one.sizeBytes, 0);
  for (const one of all) tier.put(one);
  expect(tier.sizeBytes).toBe(sum());
  const bare = sum();
  for (const one of all.slice(0, 5)) one.value();
  const decoded = sum();
  expect(tier.sizeBytes).toBe(decoded);
  await Promise.all(all.map((one) => Promise.all([one.makeVariant('gzip'), one.makeVariant('br')])));
  expect(tier.sizeBytes).toBe(sum());
  expect([bare < decoded, decoded < sum()]).toEqual([true, true]);
});

test('a replacement of another size is counted at its own size', () => {
  const tier = new MemoryTier(MIB);
  for (const [asOf, chars] of [5_000, 20_000, 10].entries()) {
    const one = sampleEntry('k:1', { asOf, value: 'a'.repeat(chars) });
    tier.put(one);
    expect(tier.sizeBytes).toBe(one.sizeBytes);
  }
});

test('an entry whose value outgrows the tier stays as bytes and evicts no other', async () => {
  const tier = new MemoryTier(12_000);
  const value = Array.from({ length: 700 }, (_, i) => i + 0.5);
  const grows = sampleEntry('k:grows', { value });
  expect(tier.put(sampleEntry('k:stays'))).toBe(true);
  expect(tier.put(grows)).toBe(true);
  const before = tier.sizeBytes;
  for (let i = 0; i < 2; i++) expect(grows.value()).toEqual(value);
  expect([tier.sizeBytes, inTier(tier, 'k:grows'), inTier(tier, 'k:stays')]).toEqual([before, true, true]);
});

test('an evicted or replaced entry is not counted when it grows', async () => {
  const tier = new MemoryTier(MIB);
  const [left, replaced] = [
    sampleEntry('k:left', { value: 'a'.repeat(5_000) }),
    sampleEntry('k:same', { value: 'a'.repeat(5_000) }),
  ];
  for (const one of [left, replaced, sampleEntry('k:same', { asOf: 2 })]) tier.put(one);
  tier.evict(left.key);
  const before = tier.sizeBytes;
  for (const one of [left, replaced]) {
    one.value();
    await one.makeVariant('gzip');
  }
  expect([tier.sizeBytes, tier.size]).toEqual([before, 1]);
});

test('an entry larger than the tier is not stored and evicts no other', () => {
  const tier = new MemoryTier(MIB);
  expect(tier.put(sampleEntry('small'))).toBe(true);
  expect(tier.put(sampleEntry('big', { value: 'a'.repeat(2 * MIB) }))).toBe(false);
  expect([inTier(tier, 'small'), inTier(tier, 'big')]).toEqual([true, false]);
});

test('a tier of zero bytes stores nothing', () => {
  const tier = new MemoryTier(0);
  expect(tier.put(sampleEntry('k:1'))).toBe(false);
  expect([tier.get(parseKey('k:1')), tier.evict(parseKey('k:1')), tier.evictWhere(() => true)]).toEqual([
    undefined,
    false,
    0,
  ]);
  expect([tier.size, tier.sizeBytes]).toEqual([0, 0]);
});

test('an entry never replaces one with a newer stamp, or a later load with the same', () => {
  const tier = new MemoryTier(MIB);
  const puts: [parts: CachedEntryParts, stays: boolean][] = [
    [{ epoch: 2, asOf: 5 }, true],
    [{ epoch: 2, asOf: 4 }, false],
    [{ epoch: 1, asOf: 99 }, false],
    [{ epoch: 2, asOf: 5, loadedAt: 2_000 }, true],
    [{ epoch: 2, asOf: 5, loadedAt: 1_500 }, false],
    [{ epoch: 2, asOf: 6, loadedAt: 100 }, true],
    [{ epoch: 3, asOf: 0, loadedAt: 100 }, true],
  ];
  for (const [parts, stays] of puts) {
    const one = sampleEntry('k:1', parts);
    expect([parts, tier.put(one), tier.get(one.key) === one]).toEqual([parts, stays, stays]);
  }
});

test('evictWhere removes the matching entries and returns their number', () => {
  const tier = new MemoryTier(MIB);
  for (let i = 0; i < 10; i++) tier.put(sampleEntry(`k:${i}`, { asOf: i }));
  expect(tier.evictWhere((_, { asOf }) => asOf < 4)).toBe(4);
  expect(Array.from({ length: 10 }, (_, i) => inTier(tier, `k:${i}`))).toEqual(
    [0, 0, 0, 0, 1, 1, 1, 1, 1, 1].map(Boolean),
  );
});

test('an entry retains only its own bytes, not the chunk that it was received in', () => {
  const chunk = Buffer.alloc(65_536, '7');
  const tier = new MemoryTier(MIB);
  tier.put(sampleEntry('k:1', { body: chunk.subarray(100, 200) }));
  const body = tier.get(parseKey('k:1'))?.keptBody();
  expect(body).toEqual(chunk.subarray(100, 200));
  expect(body?.buffer.byteLength).toBe(100);
});
