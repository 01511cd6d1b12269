import { expect, test } from 'vitest';
import { parseKey } from '../../model/key.ts';
import type { HotKeyStore } from '../hot-key-store.ts';

/** The contract of every hot-key store. `open` returns an empty store, connected to by two processes. */
export function hotKeyStoreContract(open: () => Promise<{ one: HotKeyStore; other: HotKeyStore }>): void {
  const demand = (key: string, reads: number, loadMs: number, params: unknown = { q: 'größe' }) => {
    const [prefix = ''] = key.split(':');
    return { key: parseKey(key), recipe: JSON.stringify({ prefix, name: 'n', params }), reads, loadMs };
  };

  test('the demand of two processes is summed, and top returns the keys of the prefixes by saving', async () => {
    const { one, other } = await open();
    await one.add([demand('search:often', 30, 5), demand('search:slow', 2, 400), demand('stats:c', 9, 900)]);
    await other.add([demand('search:slow', 1, 300)]);
    const slow = { ...demand('search:slow', 0, 300), reads: expect.closeTo(3, 0) };
    expect(await one.top(10, ['search'])).toEqual([
      slow,
      { ...demand('search:often', 0, 5), reads: expect.closeTo(30, 0) },
    ]);
    expect((await other.top(1, ['search', 'stats'])).map(({ key }) => key)).toEqual(['stats:c']);
    expect(await other.find(parseKey('search:slow'))).toEqual(slow);
    expect(await other.find(parseKey('search:never'))).toBeNull();
  });

  test('a forgotten key is gone until it is read again', async () => {
    const { one, other } = await open();
    await one.add([demand('a:1', 3, 1), demand('a:2', 3, 1)]);
    await other.forget([parseKey('a:1')]);
    await other.forget([]);
    expect((await one.top(10, ['a'])).map(({ key }) => key)).toEqual(['a:2']);
    await one.add([demand('a:1', 1, 1)]);
    expect(await one.find(parseKey('a:1'))).toMatchObject({ reads: expect.closeTo(1, 1) });
  });

  test('given a flood of unique keys with slow loads, it keeps 2,000 keys and the hot ones among them', async () => {
    const { one } = await open();
    await one.add([demand('search:hot', 50, 1)]);
    for (let i = 0; i < 15; i++)
      await one.add(Array.from({ length: 200 }, (_, j) => demand(`search:${i}-${j}`, 1, 1_000)));
    const top = await one.top(10_000, ['search']);
    expect(top).toHaveLength(2_000);
    expect(await one.find(parseKey('search:hot'))).not.toBeNull();
  });
}
