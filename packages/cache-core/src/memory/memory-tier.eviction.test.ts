import { describe, expect, test } from 'vitest';
import type { CachedEntry } from '../model/cached-entry.ts';
import { parseKey } from '../model/key.ts';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { MemoryTier } from './memory-tier.ts';
import { memoryTier, plainLru, replay } from './testing/replay.ts';

const MIB = 1_048_576;

/** Returns entries of as many characters as the name says. */
const sized = (chars: (name: string) => number) => (name: string) =>
  sampleEntry(name, { value: 'a'.repeat(chars(name)) });

const hot = Array.from({ length: 50 }, (_, i) => `stats:hot:${i}`);

/** Reads the hot keys three times, then many keys once each. */
function* flood(searches: number): Generator<string> {
  for (let round = 0; round < 3; round++) yield* hot;
  for (let i = 0; i < searches; i++) yield `search:once:${i}`;
}

describe('a flood of searches that are read once', () => {
  test('leaves the hot keys in memory', () => {
    const tier = memoryTier(MIB);
    replay(tier, flood(20_000));
    expect(hot.filter((name) => tier.get(name))).toEqual(hot);
  });

  test('evicts all hot keys from a plain LRU of the same bytes', () => {
    const tier = plainLru(MIB);
    replay(tier, flood(20_000));
    expect(hot.filter((name) => tier.get(name))).toEqual([]);
  });

  test('leaves the hot keys in memory even with answers twenty times as large', () => {
    const tier = memoryTier(MIB);
    replay(
      tier,
      flood(2_000),
      sized((name) => (name.startsWith('search') ? 20_000 : 1_000)),
    );
    expect(hot.filter((name) => tier.get(name))).toEqual(hot);
  });
});

/** Names by Zipf's law; one in three is a key that is read once. */
function* zipf(length: number, keys: number): Generator<string> {
  const random = new SeededRandom(11);
  const sums: number[] = [];
  for (let rank = 1, sum = 0; rank <= keys; rank++) {
    sum += 1 / rank;
    sums.push(sum);
  }
  const total = 1.5 * (sums.at(-1) ?? 0);
  for (let i = 0; i < length; i++) {
    const drawn = random.next() * total;
    const rank = sums.findIndex((sum) => drawn < sum);
    yield rank < 0 ? `once:${i}` : `often:${rank}`;
  }
}

test("with Zipf reads of all sizes and one-off keys, the hit rate far exceeds an LRU's", () => {
  const sizes = [200, 200, 3_000, 200, 3_000, 46_000];
  const entryOf = sized((name) => sizes[Number(name.split(':')[1]) % sizes.length] ?? 0);
  const found = replay(memoryTier(MIB), zipf(12_000, 1_000), entryOf);
  expect(found).toBeGreaterThan(1.3 * replay(plainLru(MIB), zipf(12_000, 1_000), entryOf));
});

test('among equally popular answers the small ones stay', () => {
  const tier = memoryTier(500_000);
  const random = new SeededRandom(5);
  const small = Array.from({ length: 200 }, (_, i) => `small:${i}`);
  const all = [...small, ...Array.from({ length: 200 }, (_, i) => `big:${i}`)];
  const asked = Array.from({ length: 10_000 }, () => random.oneOf(all));
  replay(
    tier,
    asked,
    sized((name) => (name.startsWith('big') ? 20_000 : 500)),
  );
  expect(small.filter((name) => tier.get(name)).length).toBeGreaterThan(150);
});

test('former favourites leave as others arrive', () => {
  const tier = memoryTier(100_000);
  const generation = (n: number) => Array.from({ length: 60 }, (_, i) => `generation:${n}-${i}`);
  replay(
    tier,
    Array.from({ length: 100 }, () => 'k:favourite'),
  );
  for (let n = 0; n < 8; n++) for (const name of generation(n)) replay(tier, [name, name]);
  expect(tier.get('k:favourite')).toBeUndefined();
});

test('new favourites replace old ones', () => {
  const tier = memoryTier(MIB);
  const wave = (n: number) => Array.from({ length: 600 }, (_, i) => `wave:${n}-${i}`);
  for (let n = 0; n < 4; n++) for (let round = 0; round < 6; round++) replay(tier, wave(n));
  const there = wave(3).filter((name) => tier.get(name));
  expect(there.length).toBeGreaterThan(300);
});

test('an entry stays only if it is read again while it is new', () => {
  const tier = memoryTier(100_000);
  replay(tier, ['k:asked', 'k:not', 'k:asked']);
  replay(
    tier,
    Array.from({ length: 200 }, (_, i) => `k:${i}`),
  );
  expect([tier.get('k:asked') !== undefined, tier.get('k:not') !== undefined]).toEqual([true, false]);
});

test('an entry that is read again soon after its eviction stays', () => {
  const tier = memoryTier(82_000);
  const flood = (name: string, length: number) =>
    replay(
      tier,
      Array.from({ length }, (_, i) => `${name}:${i}`),
    );
  flood('before', 100);
  replay(tier, ['k:back', 'k:once']);
  flood('between', 75);
  expect([tier.get('k:back'), tier.get('k:once')]).toEqual([undefined, undefined]);
  replay(tier, ['k:back']);
  flood('after', 100);
  expect(replay(tier, ['k:back', 'k:once'])).toBe(1);
});

test('a reloaded entry keeps its hits', () => {
  const tier = memoryTier(100_000);
  replay(tier, ['k:hot', 'k:hot', 'k:hot']);
  tier.put(sampleEntry('k:hot', { value: 'a'.repeat(1_000), asOf: 2 }));
  replay(
    tier,
    Array.from({ length: 200 }, (_, i) => `k:${i}`),
  );
  expect(tier.get('k:hot')).toMatchObject({ asOf: 2 });
});

test('an evicted entry gets its hits back when it is loaded again', () => {
  const tier = new MemoryTier(100_000);
  const asked = { get: (key: string) => tier.get(parseKey(key)), put: (one: CachedEntry) => tier.put(one) };
  for (const evict of [() => tier.evict(parseKey('k:hot')), () => tier.evictWhere((key) => key === 'k:hot')]) {
    replay(asked, ['k:hot', 'k:hot', 'k:hot']);
    evict();
    replay(asked, ['k:hot', ...Array.from({ length: 200 }, (_, i) => `k:${i}`)]);
    expect(tier.peek(parseKey('k:hot'))).toBeDefined();
  }
});

test("an entry of nearly the tier's size does not evict popular entries", () => {
  const tier = memoryTier(MIB);
  replay(tier, [...hot, ...hot]);
  tier.put(sampleEntry('k:huge', { value: 'a'.repeat(MIB - 5_000) }));
  expect(hot.filter((name) => tier.get(name))).toEqual(hot);
});

test('peeking at an entry does not count as a hit', () => {
  const tier = new MemoryTier(100_000);
  const looked = sampleEntry('k:looked', { value: 'a'.repeat(1_000) });
  tier.put(looked);
  for (let i = 0; i < 200; i++) {
    tier.peek(looked.key);
    tier.put(sampleEntry(`k:${i}`, { value: 'a'.repeat(1_000) }));
  }
  expect(tier.peek(looked.key)).toBeUndefined();
});
