import { expect, test } from 'vitest';
import { entry, keysOf, type Suite } from './tier-under-test.ts';

export function reclaims({ store, fill, asOf }: Suite): void {
  test('reclaim removes only entries loaded before the stamp and returns their number', async () => {
    await store().clear();
    for (let i = 0; i < 1_500; i++) await fill(`files:list:${i}`, entry(5, i));
    await fill('files:other-epoch:1', entry(4, 9_999));
    expect(await store().tier.reclaim('files', { epoch: 5, asOf: 1_000 })).toBe(1_001);
    expect(await asOf('files:list:1000')).toBe(1_000);
    expect(await store().tier.get('files:list:999')).toBeNull();
    expect((await keysOf(store(), 'files')).size).toBe(500);
  });

  test('reclaiming keys removes only the named entries loaded before the stamp', async () => {
    await store().clear();
    const keys = Array.from({ length: 600 }, (_, i) => `files:named:${i}`);
    await Promise.all(keys.map((key, i) => fill(key, entry(5, i))));
    const named = [...keys.slice(0, 400), 'files:named:absent'];
    expect(await store().tier.reclaimKeys(named, { epoch: 5, asOf: 300 })).toBe(300);
    expect((await keysOf(store(), 'files:named')).size).toBe(300);
    expect([await asOf('files:named:299'), await asOf('files:named:300')]).toEqual([null, 300]);
    expect(await store().tier.reclaimKeys([], { epoch: 5, asOf: 300 })).toBe(0);
  });

  test('reclaim skips keys that are not entries', async () => {
    await store().clear();
    await store().write('files:list:legacy', Buffer.from('not an entry'));
    await store().writeForeign('files:list:foreign');
    expect(await store().tier.reclaim('files', { epoch: 5, asOf: 1 })).toBe(0);
  });
}

export function prefixes({ store, fill }: Suite): void {
  test('reclaim and scan take the prefix literally', async () => {
    await store().clear();
    const prefixes = ['files', 'files2', 'f*', 'fi', 'a[bc]', 'ab', 'x?', 'xy', 'back\\slash', 'files:list'];
    for (const prefix of prefixes) await fill(`${prefix}:k:1`, entry(5, 1));
    const later = { epoch: 5, asOf: 2 };
    for (const prefix of ['f*', 'a[bc]', 'x?', 'back\\slash', 'files:list'])
      expect([await keysOf(store(), prefix), await store().tier.reclaim(prefix, later)]).toEqual([
        new Set([`${prefix}:k:1`]),
        1,
      ]);
    expect(await store().tier.reclaim('files', later)).toBe(1);
    expect((await keysOf(store(), null)).size).toBe(4);
    expect(await store().tier.reclaim(null, later)).toBe(4);
  });

  test('reclaim and scan find versioned keys under the prefix without a version', async () => {
    await store().clear();
    const versioned = ['v:list:1', 'v:list@2:1', 'v:list@12:1'];
    for (const key of [...versioned, 'v:list2:1', 'v:list@x:1', 'v:list@2', 'v@2:list:1']) await fill(key, entry(5, 1));
    expect(await keysOf(store(), 'v:list')).toEqual(new Set(versioned));
    expect(await keysOf(store(), 'v:list@2')).toEqual(new Set(['v:list@2:1']));
    const later = { epoch: 5, asOf: 2 };
    expect(await store().tier.reclaim('v:list', later)).toBe(3);
    expect(await store().tier.reclaim('v', later)).toBe(4);
  });

  test('a scan returns every key in bounded batches', async () => {
    await store().clear();
    const keys = Array.from({ length: 5_000 }, (_, i) => `files:list:${i}`);
    for (let i = 0; i < keys.length; i += 500)
      await Promise.all(keys.slice(i, i + 500).map((key) => fill(key, entry(5, 1))));
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const batch of store().tier.scan('files')) {
      sizes.push(batch.length);
      for (const key of batch) seen.add(key);
    }
    expect(seen).toEqual(new Set(keys));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    expect(await keysOf(store(), 'nothing')).toEqual(new Set());
  });
}
