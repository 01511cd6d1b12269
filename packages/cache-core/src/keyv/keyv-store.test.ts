import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { KeyvStore, type KeyvStoreOptions } from './index.ts';

const DAY_MS = 86_400_000;

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
beforeEach(async () => {
  world = new SimulatedWorld();
  one = await world.process();
  other = await world.process();
});
afterEach(() => world.close());
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);

function storeOf({ cache }: SimulatedProcess, options: Partial<KeyvStoreOptions> = {}): KeyvStore {
  return new KeyvStore({ cache, ports: { shared: world.shared.connect() }, clock: world.clock, ...options });
}

async function listed(store: KeyvStore): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const entry of store.iterator()) entries.push(entry);
  return entries;
}

describe('what is set', () => {
  test('is found on every process, until it is set, deleted or cleared anew on any', async () => {
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

  test('without a TTL lives as long as the store says', async () => {
    const store = storeOf(one, { freshFor: '10s' });
    await through(store.set('k', 'v'));
    await world.clock.advance(9_999);
    expect(await through(store.get('k'))).toBe('v');
    await world.clock.advance(1);
    expect(await through(store.get('k'))).toBeUndefined();
  });

  test('with a TTL that is over already outdates what was there, and is not there', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.set('k', 'old'));
    expect(await through(b.get('k'))).toBe('old');
    expect(await through(a.set('k', 'new', -5))).toBe(true);
    expect([await through(a.get('k')), await through(b.get('k'))]).toEqual([undefined, undefined]);
  });

  test('last for a key that comes twice in one batch is what stays', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    for (let i = 0; i < 10; i++) {
      await through(a.setMany([1, 2, 3].map((n) => ({ key: 'k', value: 10 * i + n }))));
      expect([await through(a.get('k')), await through(b.get('k'))]).toEqual([10 * i + 3, 10 * i + 3]);
    }
  });

  test('as anything that JSON can’t hold is refused by name', async () => {
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

  test('a value that others put under a key of the store is not given out', async () => {
    const store = storeOf(one);
    for (const foreign of ['text', null, { key: 'another', value: 1 }, [1]]) {
      await through(one.cache.set('keyv:#:k', foreign));
      expect([await through(store.get('k')), await through(store.has('k'))]).toEqual([undefined, false]);
    }
  });
});

describe('clearing', () => {
  test('a namespace is one append, and leaves the others as they are', async () => {
    const namespaces = ['a', 'a:b', 'a@1', 'ab', undefined];
    const stores = namespaces.map((namespace) => storeOf(one, { ...(namespace && { namespace }) }));
    for (const store of stores) await through(store.setMany([1, 2, 3].map((n) => ({ key: `k${n}`, value: n }))));
    const [cleared, ...others] = stores;
    const before = one.cache.engine.follower.stamp.asOf;
    await through(cleared?.clear() ?? Promise.reject(new Error('expected a store')));
    expect(one.cache.engine.follower.stamp.asOf).toBe(before + 1);
    expect(await through(storeOf(other, { namespace: 'a' }).getMany(['k1', 'k2', 'k3']))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (const store of others) expect(await through(store.getMany(['k1', 'k2', 'k3']))).toEqual([1, 2, 3]);
  });

  test('without a namespace clears all that is under the prefix, and nothing under another', async () => {
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

test('deleting many keys is one append, and says whether all were there', async () => {
  const [a, b] = [storeOf(one), storeOf(other)];
  const keys = Array.from({ length: 900 }, (_, i) => `k${i}`);
  await through(a.setMany(keys.map((key) => ({ key, value: key }))));
  const before = one.cache.engine.follower.stamp.asOf;
  expect(await through(b.deleteMany(keys))).toBe(true);
  expect(one.cache.engine.follower.stamp.asOf).toBe(before + 1);
  expect((await through(a.getMany(keys))).filter((value) => value !== undefined)).toEqual([]);
  await through(a.set('k1', 'v'));
  expect(await through(b.deleteMany(['k1', 'k2']))).toBe(false);
  expect(await through(a.has('k1'))).toBe(false);
});

describe('the iterator', () => {
  test('gives every key of the namespace with its value, whichever process set it, as it was given', async () => {
    const [a, b] = [storeOf(one, { namespace: 'a' }), storeOf(other, { namespace: 'a' })];
    await through(storeOf(one, { namespace: 'b' }).set('elsewhere', 0));
    await through(storeOf(one).set('nowhere', 0));
    await through(
      a.setMany([
        { key: 'plain', value: 1 },
        { key: 'odd\u0000', value: 2 },
      ]),
    );
    await through(b.set('theirs', { n: 3 }));
    const all = [
      ['plain', 1],
      ['odd\u0000', 2],
      ['theirs', { n: 3 }],
    ];
    expect(await through(listed(a))).toEqual(expect.arrayContaining(all));
    expect(await through(listed(b))).toHaveLength(3);
  });

  test('gives nothing that was deleted, and nothing that others put there', async () => {
    const store = storeOf(one);
    await through(
      store.setMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ]),
    );
    world.shared.write('keyv:#:foreign', Buffer.from('no entry'));
    world.shared.write('keyv:#:no\nkey', Buffer.from('no entry'));
    await through(other.cache.set('keyv:#:value', 'no value of a store'));
    await through(storeOf(other).delete('a'));
    expect(await through(listed(store))).toEqual([['b', 2]]);
  });

  test.each<[string, () => void]>([
    ['its keys are listed', () => world.shared.fail('reject')],
    ['their values are read', () => one.shared.cut()],
  ])('with the shared tier out of reach as %s fails, rather than to give a part for all', async (_, lose) => {
    await through(storeOf(other).set('theirs', 1));
    lose();
    await expect(through(listed(storeOf(one)))).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});

describe('with the log out of reach', () => {
  test('set, delete and clear reject, and what is there stays', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.set('k', 'v'));
    one.durable.cut();
    const writes = [
      a.set('k', 'new'),
      a.setMany([{ key: 'k', value: 'new' }]),
      a.set('k', 'over', -1),
      a.delete('k'),
      a.deleteMany(['k']),
      a.clear(),
    ];
    const settled = await through(Promise.allSettled(writes));
    expect(settled.map((write) => write.status === 'rejected' && write.reason.code)).toEqual(
      writes.map(() => 'UNREACHABLE'),
    );
    expect(await through(b.get('k'))).toBe('v');
  });

  test.each([
    [
      '5',
      (store: KeyvStore, errors: string[]) => new Keyv({ store }).on('error', (error) => errors.push(error.message)),
    ],
    ['6', (store: KeyvStore, errors: string[]) => told(new Keyv6({ store }), errors)],
  ])('Keyv %s answers false, and each failure is an error event', async (_, make) => {
    const errors: string[] = [];
    const keyv = make(storeOf(one), errors) as Keyv;
    one.durable.cut();
    expect([await through(keyv.set('k', 1)), await through(keyv.delete('k'))]).toEqual([false, false]);
    await through(keyv.clear());
    expect(errors).toHaveLength(3);
    expect(errors.filter((message) => !message.includes("the invalidation log can't be reached"))).toEqual([]);
  });

  test('Keyv rejects if it is told to throw', async () => {
    const keyv = new Keyv({ store: storeOf(one), throwOnErrors: true });
    one.durable.cut();
    await expect(through(keyv.set('k', 1))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(through(keyv.delete('k'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(through(keyv.clear())).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  function told(keyv: Keyv6, errors: string[]): Keyv6 {
    keyv.on('error', (error: Error) => errors.push(error.message));
    return keyv;
  }
});

test('with the shared tier out of reach what this process set is still found here', async () => {
  const store = storeOf(one);
  world.shared.fail('reject');
  expect([await through(store.set('k', 'v')), await through(store.get('k'))]).toEqual([true, 'v']);
  expect([await through(store.delete('k')), await through(store.get('k'))]).toEqual([true, undefined]);
});

test.each<[string, object]>([
  ['some of cache, ports', { ttl: 5 }],
  ['cache: expected a CacheManager', { cache: undefined }],
  ['ports: expected those that the cache was made with', { ports: {} }],
  ['prefix: expected 1 to 100 letters', { prefix: 'a:b' }],
  ['freshFor: expected 0 to', { freshFor: -1 }],
  ['fillWithin: expected 0 to', { fillWithin: '2 weeks' }],
])('an option that can’t be used is refused by name: %s', (message, wrong) => {
  expect(() => storeOf(one, wrong)).toThrow(message);
});
