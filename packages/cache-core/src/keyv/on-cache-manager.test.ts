import { type Cache, createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory, onRedis, type StartedCache } from './testing/caches.ts';

const PLACES = { 'in the memory of one process': () => inMemory(), 'on real Redis servers': () => onRedis() };

test('on Keyv 6, wrap of cache-manager computes each time, with any store', async () => {
  const cache = createCache({ stores: [new Keyv6() as unknown as Keyv], ttl: 60_000 });
  let calls = 0;
  const row = () => cache.wrap('row', async () => ++calls);
  expect([await row(), await row()]).toEqual([1, 2]);
});

describe.each(Object.entries(PLACES))('cache-manager, %s', (_, start) => {
  let started: StartedCache;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started.cache.close());

  describe.each([
    ['each set is a write', { fillWithin: 0 }],
    ['a set after a miss is a fill', {}],
  ] as const)('where %s', (name, options) => {
    const open = (): Cache => createCache({ stores: [new Keyv({ store: started.store(options), namespace: name })] });

    test('wrap computes once until the key is deleted', async () => {
      const cache = open();
      let calls = 0;
      const row = () => cache.wrap('row', async () => ({ call: ++calls }), 60_000);
      expect(await Promise.all([row(), row(), row()])).toEqual([{ call: 1 }, { call: 1 }, { call: 1 }]);
      expect(await row()).toEqual({ call: 1 });
      expect(await open().get('row')).toEqual({ call: 1 });
      await cache.del('row');
      expect(await row()).toEqual({ call: 2 });
    });

    test('wrap refreshes below its threshold, in the background', async () => {
      const cache = open();
      let calls = 0;
      const row = () => cache.wrap('refreshed', async () => ++calls, { ttl: 60_000, refreshThreshold: 61_000 });
      expect(await row()).toBe(1);
      const { promise, resolve } = Promise.withResolvers<unknown>();
      cache.on('refresh', resolve);
      expect(await row()).toBe(1);
      expect(await promise).toMatchObject({ key: 'refreshed', value: 2 });
      expect(await cache.get('refreshed')).toBe(2);
    });

    test('mset, mget and mdel set, get and delete', async () => {
      const cache = open();
      await cache.mset<unknown>([
        { key: 'a', value: 1 },
        { key: 'b', value: null },
        { key: 'c', value: { deep: [3] }, ttl: 60_000 },
      ]);
      expect(await cache.mget(['a', 'b', 'c', 'd'])).toEqual([1, null, { deep: [3] }, undefined]);
      await cache.mdel(['a', 'c']);
      expect(await open().mget(['a', 'b', 'c'])).toEqual([undefined, null, undefined]);
    });

    test('ttl returns when a value ends, and nothing without a TTL', async () => {
      const cache = open();
      const before = Date.now();
      await cache.set('for a minute', 'v', 60_000);
      await cache.set('for ever', 'v');
      const ends = await cache.ttl('for a minute');
      expect(ends).toBeGreaterThanOrEqual(before + 60_000);
      expect(ends).toBeLessThanOrEqual(Date.now() + 60_000);
      expect(await cache.ttl('for ever')).toBeUndefined();
    });

    test('clear empties its namespace and no other', async () => {
      const cache = open();
      const other = createCache({ stores: [new Keyv({ store: started.store(options), namespace: 'other' })] });
      await Promise.all([cache.set('k', 1), other.set('k', 2)]);
      await cache.clear();
      expect([await cache.get('k'), await other.get('k')]).toEqual([undefined, 2]);
    });
  });
});
