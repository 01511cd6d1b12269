import { describe, expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { storesOfTwoProcesses } from './testing/stores-of-two-processes.ts';

const DAY_MS = 86_400_000;

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
const { through, storeOf, listed } = storesOfTwoProcesses(
  (begun) => {
    ({ world, one, other } = begun);
  },
  { fillWithin: 0 },
);

describe('a value', () => {
  test('is found on every process until any process sets, deletes or clears it', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    for (let i = 0; i < 10; i++) {
      expect(await through(a.set('k', `v${i}`))).toBe(true);
      expect([await through(a.get('k')), await through(b.get('k'))]).toEqual([`v${i}`, `v${i}`]);
    }
    expect(await through(b.delete('k'))).toBe(true);
    expect([await through(a.get('k')), await through(a.has('k')), await through(b.delete('k'))]).toEqual([
      undefined,
      false,
      false,
    ]);
    await through(a.set('k', 'again'));
    expect(await through(b.get('k'))).toBe('again');
    await through(b.clear());
    expect([await through(a.get('k')), await through(a.delete('k'))]).toEqual([undefined, false]);
  });

  test('lives for its TTL', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(
      a.setMany([
        { key: 'short', value: 1, ttl: 100 },
        { key: 'long', value: 2, ttl: 200 },
      ]),
    );
    expect(await through(b.getMany(['short', 'long']))).toEqual([1, 2]);
    await world.clock.advance(100);
    expect([await through(a.hasMany(['short', 'long'])), await through(b.hasMany(['short', 'long']))]).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  test.each([undefined, 0, Number.NaN, Number.POSITIVE_INFINITY, 1_000 * DAY_MS])(
    'with %s for a TTL lives for the longest time there is, 366 days',
    async (ttl) => {
      const store = storeOf(one);
      await through(store.set('k', 'v', ttl));
      expect(world.shared.ttlMs('keyv:#:k')).toBe(366 * DAY_MS);
      await world.clock.advance(1_000);
      world.clock.stepWall(366 * DAY_MS - 2_000);
      expect(await through(store.get('k'))).toBe('v');
      world.clock.stepWall(1_000);
      expect(await through(store.get('k'))).toBeUndefined();
    },
  );

  test('without a TTL lives for freshFor of the store', async () => {
    const store = storeOf(one, { freshFor: '10s' });
    await through(store.set('k', 'v'));
    await world.clock.advance(9_999);
    expect(await through(store.get('k'))).toBe('v');
    await world.clock.advance(1);
    expect(await through(store.get('k'))).toBeUndefined();
  });

  test('with a negative TTL invalidates the earlier value and is not stored', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.set('k', 'old'));
    expect(await through(b.get('k'))).toBe('old');
    expect(await through(a.set('k', 'new', -5))).toBe(true);
    expect([await through(a.get('k')), await through(b.get('k'))]).toEqual([undefined, undefined]);
  });

  test('that comes last for a key in one batch is stored', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    for (let i = 0; i < 10; i++) {
      await through(a.setMany([1, 2, 3].map((n) => ({ key: 'k', value: 10 * i + n }))));
      expect([await through(a.get('k')), await through(b.get('k'))]).toEqual([10 * i + 3, 10 * i + 3]);
    }
  });

  test('that JSON cannot represent is rejected by name', async () => {
    await expect(storeOf(one).set('k', new Map())).rejects.toThrow('the value of keyv:#:k');
  });
});

describe('keys', () => {
  test.each([
    ['empty', ''],
    ['of 64 KB', 'x'.repeat(65_536)],
    ['of many bytes for few characters', '🚀'.repeat(300)],
    ['with control characters', 'a\u0000\n\u007f'],
    ['with half a surrogate pair', 'a\ud800'],
    ['that look like the store’s own', '#abc'],
    ['that end in colons', 'a::'],
    ['with patterns', 'a*[?]\\'],
  ])('%s work as all others do', async (_, key) => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.set(key, 'v'));
    await through(a.set(`${key}+`, 'of another key'));
    expect([await through(b.get(key)), await through(b.has(key)), await through(b.getMany([key]))]).toEqual([
      'v',
      true,
      ['v'],
    ]);
    expect(await through(listed(b))).toEqual(
      expect.arrayContaining([
        [key, 'v'],
        [`${key}+`, 'of another key'],
      ]),
    );
    expect(await through(b.delete(key))).toBe(true);
    expect([await through(a.get(key)), await through(a.get(`${key}+`))]).toEqual([undefined, 'of another key']);
  });

  test('a value that another program stored under a key is not returned', async () => {
    const store = storeOf(one);
    for (const foreign of ['text', null, { key: 'another', value: 1 }, [1]]) {
      await through(one.cache.set('keyv:#:k', foreign));
      expect([await through(store.get('k')), await through(store.has('k'))]).toEqual([undefined, false]);
    }
  });
});

describe('clearing', () => {
  test('a namespace is one append, and keeps the other namespaces', async () => {
    const namespaces = ['a', 'a:b', 'a@1', 'ab', undefined];
    const stores = namespaces.map((namespace) => storeOf(one, { ...(namespace && { namespace }) }));
    for (const store of stores) await through(store.setMany([1, 2, 3].map((n) => ({ key: `k${n}`, value: n }))));
    const [cleared, ...others] = stores;
    const before = one.cache.internal.engine.follower.stamp.asOf;
    await through(cleared?.clear() ?? Promise.reject(new Error('expected a store')));
    expect(one.cache.internal.engine.follower.stamp.asOf).toBe(before + 1);
    expect(await through(storeOf(other, { namespace: 'a' }).getMany(['k1', 'k2', 'k3']))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (const store of others) expect(await through(store.getMany(['k1', 'k2', 'k3']))).toEqual([1, 2, 3]);
  });

  test('without a namespace clears only the keys under the prefix', async () => {
    const elsewhere = storeOf(one, { prefix: 'keyv2' });
    const stores = [storeOf(one), storeOf(one, { namespace: 'a' }), elsewhere];
    for (const store of stores) await through(store.set('k', 'v'));
    await through(one.cache.set('other:k', 'v'));
    const cleared = storeOf(other).clear();
    await through(cleared);
    expect(await through(Promise.all(stores.map((store) => store.get('k'))))).toEqual([undefined, undefined, 'v']);
    expect(await through(one.cache.get('other:k'))).toBe('v');
  });

  test('frees the bytes in the background, and disconnecting waits for it', async () => {
    const store = storeOf(one, { namespace: 'a' });
    await through(store.set('k', 'v'));
    one.shared.requestMs = () => 20;
    await through(store.clear());
    await through(store.clear());
    expect(world.shared.read('keyv:a:k')).not.toBeNull();
    await through(store.disconnect());
    expect(world.shared.read('keyv:a:k')).toBeNull();
    await through(store.set('k', 'v'));
    expect(await through(store.get('k'))).toBe('v');
  });
});

test('deleting many keys is one append, and returns whether all had a value', async () => {
  const [a, b] = [storeOf(one), storeOf(other)];
  const keys = Array.from({ length: 900 }, (_, i) => `k${i}`);
  await through(a.setMany(keys.map((key) => ({ key, value: key }))));
  const before = one.cache.internal.engine.follower.stamp.asOf;
  expect(await through(b.deleteMany(keys))).toBe(true);
  expect(one.cache.internal.engine.follower.stamp.asOf).toBe(before + 1);
  expect((await through(a.getMany(keys))).filter((value) => value !== undefined)).toEqual([]);
  await through(a.set('k1', 'v'));
  expect(await through(b.deleteMany(['k1', 'k2']))).toBe(false);
  expect(await through(a.has('k1'))).toBe(false);
});

test('given a set after a deletion whose reclaim still runs, the value stays', async () => {
  const [a, b] = [storeOf(one), storeOf(other)];
  await through(a.setMany(['k1', 'k2'].map((key) => ({ key, value: 'old' }))));
  one.shared.requestMs = () => 40;
  const deleting = a.deleteMany(['k1', 'k2']);
  await world.clock.advance(5);
  expect(await through(b.set('k1', 'newer'))).toBe(true);
  expect(await through(deleting)).toBe(true);
  one.shared.requestMs = () => 0;
  expect([await through(a.getMany(['k1', 'k2'])), await through(b.getMany(['k1', 'k2']))]).toEqual([
    ['newer', undefined],
    ['newer', undefined],
  ]);
  expect(world.shared.read('keyv:#:k1')).not.toBeNull();
});

test.each<[string, object]>([
  ['some of cache, prefix', { ttl: 5 }],
  ['cache: expected a CacheManager', { cache: undefined }],
  ['prefix: expected 1 to 100 letters', { prefix: 'a:b' }],
  ['freshFor: expected 0 to', { freshFor: -1 }],
  ['fillWithin: expected 0 to', { fillWithin: '2 weeks' }],
])('an option that cannot be used is rejected by name: %s', (message, wrong) => {
  expect(() => storeOf(one, wrong)).toThrow(message);
});
