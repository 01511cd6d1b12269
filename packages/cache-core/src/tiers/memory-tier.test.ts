import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../entry.ts';
import { parseKey } from '../key.ts';
import { MemoryTier } from './memory-tier.ts';

const MIB = 1_048_576;

function entry(epoch: number, asOf: number, more: Partial<Entry> = {}): Entry {
  const times = { loadedAt: 1_000, freshUntil: 2_000, staleUntil: 3_000, loadMs: 7 };
  return { epoch, asOf, body: Buffer.from('1'), etag: 'e'.repeat(22), tags: [], ...times, ...more };
}

test('whatever is put into it, it never takes more than its bytes', () => {
  const puts = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.nat(20_000), fc.nat(30)), { maxLength: 80 });
  fc.assert(
    fc.property(puts, (entries) => {
      const tier = new MemoryTier(64 * 1_024);
      for (const [n, bytes, tags] of entries) {
        const body = Buffer.alloc(bytes);
        tier.put(parseKey(`k:${n}`), entry(1, 1, { body, tags: Array.from({ length: tags }, (_, i) => `t${i}`) }), 0);
        expect(tier.sizeBytes).toBeLessThanOrEqual(64 * 1_024);
      }
    }),
  );
});

test('an entry bigger than the tier is not kept, and costs no other entry its place', () => {
  const tier = new MemoryTier(MIB);
  tier.put(parseKey('small'), entry(1, 1), 0);
  tier.put(parseKey('big'), entry(1, 1, { body: Buffer.alloc(2 * MIB) }), 0);
  expect([tier.get(parseKey('small')) !== undefined, tier.get(parseKey('big'))]).toEqual([true, undefined]);
});

test('tags count: an entry is as big as all that it holds', () => {
  const tier = new MemoryTier(MIB);
  tier.put(parseKey('plain'), entry(1, 1), 0);
  const plain = tier.sizeBytes;
  tier.put(parseKey('tagged'), entry(1, 1, { tags: Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(100)) }), 0);
  expect(tier.sizeBytes - plain).toBeGreaterThan(100 * 200);
});

test('an entry never takes the place of one with a newer stamp, nor of a later load with the same', () => {
  const key = parseKey('k:1');
  const tier = new MemoryTier(MIB);
  const now = () => tier.get(key)?.entry;
  tier.put(key, entry(2, 5), 0);
  tier.put(key, entry(2, 4), 0);
  tier.put(key, entry(1, 99), 0);
  expect(now()).toMatchObject({ epoch: 2, asOf: 5 });
  tier.put(key, entry(2, 5, { loadedAt: 2_000 }), 0);
  tier.put(key, entry(2, 5, { loadedAt: 1_500 }), 0);
  expect(now()).toMatchObject({ loadedAt: 2_000 });
  tier.put(key, entry(2, 6, { loadedAt: 100 }), 0);
  expect(now()).toMatchObject({ asOf: 6 });
});

test('the least recently used leaves first', () => {
  const tier = new MemoryTier(5_000);
  const keys = ['a', 'b', 'c'].map((name) => parseKey(`k:${name}`));
  for (const key of keys.slice(0, 2)) tier.put(key, entry(1, 1, { body: Buffer.alloc(1_200) }), 0);
  tier.get(parseKey('k:a'));
  tier.put(parseKey('k:c'), entry(1, 1, { body: Buffer.alloc(1_200) }), 0);
  expect(keys.map((key) => tier.get(key) !== undefined)).toEqual([true, false, true]);
});

test('an entry keeps nothing alive but its own bytes, however big the chunk that it came in', () => {
  const tier = new MemoryTier(MIB);
  const chunk = Buffer.alloc(65_536, 7);
  tier.put(parseKey('k:1'), entry(1, 1, { body: chunk.subarray(100, 200) }), 0);
  const body = tier.get(parseKey('k:1'))?.entry.body;
  expect(body).toEqual(chunk.subarray(100, 200));
  expect(body?.buffer.byteLength).toBe(100);
});
