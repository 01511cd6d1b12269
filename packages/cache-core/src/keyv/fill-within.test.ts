import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import { KeyvStore, type KeyvStoreOptions } from './index.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const FILLS = { fillWithin: '30s' } as const;

function storeOf({ cache }: SimulatedProcess, options: Partial<KeyvStoreOptions> = FILLS): KeyvStore {
  return new KeyvStore({ cache, ...options });
}

function wrapOf(process: SimulatedProcess, options?: Partial<KeyvStoreOptions>) {
  return createCache({ stores: [new Keyv({ store: storeOf(process, options) })] });
}

/** Changes and deletes a row while a slow `wrap` reads it. Returns the result of a later `wrap`. */
async function overtaken(options: Partial<KeyvStoreOptions>, deleter: SimulatedProcess): Promise<unknown> {
  const [loading, deleting] = [wrapOf(one, options), wrapOf(deleter, options)];
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = loading.wrap('row', () => promise, 60_000);
  await world.clock.settle();
  await through(deleting.del('row'));
  resolve('old');
  expect(await through(slow)).toBe('old');
  return through(wrapOf(other, options).wrap('row', () => Promise.resolve('new'), 60_000));
}

describe('a value that was loaded before its key was deleted', () => {
  test('by another process, is stored in no tier', async () => {
    expect(await overtaken(FILLS, other)).toBe('new');
  });

  test('by the loading process, is stored in no tier', async () => {
    expect(await overtaken(FILLS, one)).toBe('new');
  });

  test('by default, is stored in no tier', async () => {
    expect(await overtaken({}, other)).toBe('new');
  });

  test('with fillWithin 0, where each set is a write, is stored', async () => {
    expect(await overtaken({ fillWithin: 0 }, other)).toBe('old');
  });

  test('is rejected, whichever of several loads ends first', async () => {
    for (const order of [
      ['old', 'new'],
      ['new', 'old'],
    ]) {
      const store = storeOf(one);
      await through(store.delete('k'));
      expect(await through(store.get('k'))).toBeUndefined(); // the load of 'old' begins
      await through(other.cache.invalidate({ prefix: 'keyv' }));
      expect(await through(store.get('k'))).toBeUndefined(); // the load of 'new' begins
      for (const value of order) expect([value, await through(store.set('k', value))]).toEqual([value, false]);
      expect(await through(storeOf(other).get('k'))).toBeUndefined();
    }
  });

  test('is rejected in a batch, and the rest of the batch is set', async () => {
    const store = storeOf(one);
    await through(store.getMany(['a', 'b']));
    await through(storeOf(other).delete('a'));
    expect(
      await through(
        store.setMany([
          { key: 'a', value: 1 },
          { key: 'b', value: 2 },
        ]),
      ),
    ).toEqual([false, true]);
    expect(await through(storeOf(other).getMany(['a', 'b']))).toEqual([undefined, 2]);
  });

  test('is rejected after the log began a new epoch', async () => {
    const store = storeOf(one);
    await through(store.get('k'));
    world.log.flushAll();
    await world.clock.advance(2_000);
    expect(await through(store.set('k', 'old'))).toBe(false);
  });
});

describe('a value that is set after a miss', () => {
  test('is found on every process for its TTL, without an append', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    const before = one.cache.internal.engine.follower.stamp.asOf;
    for (let i = 0; i < 50; i++) {
      expect(await through(a.get(`k${i}`))).toBeUndefined();
      expect(await through(a.set(`k${i}`, i, 10_000))).toBe(true);
      expect(await through(b.get(`k${i}`))).toBe(i);
    }
    expect(one.cache.internal.engine.follower.stamp.asOf).toBe(before);
    await world.clock.advance(10_000);
    expect(await through(a.get('k1'))).toBeUndefined();
  });

  test.each<[string, (store: KeyvStore) => Promise<unknown>]>([
    ['delete', (store) => store.delete('k')],
    ['clear', (store) => store.clear()],
    ['set', (store) => store.set('k', 'written')],
  ])('is invalidated by a later %s of any process', async (_, write) => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.get('k'));
    expect(await through(a.set('k', 'filled'))).toBe(true);
    expect(await through(b.get('k'))).toBe('filled');
    await through(write(b));
    expect(await through(a.get('k'))).not.toBe('filled');
  });

  test('is a write again after fillWithin', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    await through(a.get('k'));
    await through(b.delete('k'));
    await world.clock.advance(30_000);
    expect(await through(a.set('k', 'v'))).toBe(true);
    expect(await through(b.get('k'))).toBe('v');
  });

  test('with the log unreachable is served here for a moment, and not shared', async () => {
    const [a, b] = [storeOf(one), storeOf(other)];
    one.durable.cut();
    await world.clock.advance(1_100);
    expect(await through(a.get('k'))).toBeUndefined();
    expect(await through(a.set('k', 'v'))).toBe(true);
    expect([await through(a.get('k')), await through(b.get('k'))]).toEqual(['v', undefined]);
    await world.clock.advance(2_100);
    expect(await through(a.get('k'))).toBeUndefined();
  });
});

test('misses that no set follows block fills of a key only for their time', async () => {
  const store = storeOf(one);
  await through(store.get('k'));
  await through(storeOf(other).delete('k'));
  await world.clock.advance(29_000);
  const wrap = async () => {
    await store.get('k');
    return store.set('k', 'v');
  };
  expect(await through(wrap())).toBe(false);
  await world.clock.advance(1_000);
  expect(await through(wrap())).toBe(true);
});

test('in a flood of misses of one key, each set counts as loaded since the first', async () => {
  const store = storeOf(one);
  await through(store.getMany(Array.from({ length: 3_000 }, () => 'hot')));
  await through(storeOf(other).delete('hot'));
  for (let i = 0; i < 3; i++) expect(await through(store.set('hot', 'old'))).toBe(false);
});
