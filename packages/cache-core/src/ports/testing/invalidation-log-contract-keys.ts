import { expect, test } from 'vitest';
import { invalidationTargetsOf } from '../../model/invalidation-targets.ts';
import { parseKey } from '../../model/key.ts';
import type { InvalidationMode, SelectorToken } from '../../model/selector.ts';
import type { InvalidationLog, Snapshot } from '../invalidation-log.ts';
import { type LogUnderTest, lastHitIn, record } from './log-under-test.ts';

/** The selectors of single keys in the log: bounded, and a forgotten key hits its own prefix only. */
export function keysContract(server: () => LogUnderTest): void {
  test('after 20,000 keys a snapshot is small and exact for new keys, prefixes and tags', async () => {
    const { one, other } = await server().open();
    await one.append(record(['p:files', 't:kept', 'p:stats:b', 'k:search:a:1']));
    await appendKeys(one, 'stats:a', 20_000);
    const snapshot = await other.snapshot(0);
    expect(snapshot).toMatchObject({ head: 21, floor: 0 });
    expect(snapshot.lastHits.length).toBeLessThanOrEqual(8_100);
    expect(last(snapshot, 'files:a:1')).toBe(1);
    expect(last(snapshot, 'other:a:1')).toBe(0);
    expect(last(snapshot, 'other:a:1', { tags: ['kept'] })).toBe(1);
    expect(last(snapshot, 'search:a:1')).toBe(1);
    expect([19_999, 12_000].map((n) => last(snapshot, `stats:a:${n}`))).toEqual([21, 14]);
    expect([11_999, 0].map((n) => last(snapshot, `stats:a:${n}`))).toEqual([13, 13]);
    expect(last(snapshot, 'stats:b:1')).toBe(13);
  });

  test('a forgotten key does not lower a later hit of its prefix and affects one mode', async () => {
    const { one } = await server().open();
    await one.append(record(['k:files:a:1', 'k:search:a:1']));
    await one.append(record(['k:files:a:2'], { mode: 'expire' }));
    await one.append(record(['p:files']));
    await appendKeys(one, 'stats:a', 8_000);
    const snapshot = await one.snapshot(0);
    expect(last(snapshot, 'files:b:1')).toBe(3);
    expect(last(snapshot, 'search:b:1')).toBe(1);
    expect(last(snapshot, 'files:b:1', { mode: 'expire' })).toBe(2);
    expect(last(snapshot, 'search:b:1', { mode: 'expire' })).toBe(0);
    expect(last(snapshot, 'stats:a:never')).toBe(0);
  });

  prefixesOfKeys(server);
  keepsKeysApart(server);
}

function prefixesOfKeys(server: () => LogUnderTest): void {
  test('the prefix of a key is its first segment, including its own version only', async () => {
    const { one } = await server().open();
    await one.append(record(['k:stats@2:a:1', 'k:files:a@2:1', 'k::b:1', 'k:größe:a:1']));
    await appendKeys(one, 'noisy:a', 8_000);
    const snapshot = await one.snapshot(0);
    const hit = ['stats@2:b:1', 'files:a@2:2', 'files:a:2', 'files:b:1', ':b:2', 'größe:b:1'];
    const untouched = ['stats:a:1', 'stats@3:a:1', 'größ:a:1', 'b:b:1', 'other'];
    expect(hit.map((key) => last(snapshot, key))).toEqual(hit.map(() => 1));
    expect(untouched.map((key) => last(snapshot, key))).toEqual(untouched.map(() => 0));
  });

  test.for(['other', ':other', 'x'])(
    'a key of one segment, like %j, counts as everything once it is forgotten',
    async (key) => {
      const { one } = await server().open();
      await one.append(record([`k:${key}`]));
      await appendKeys(one, 'noisy:a', 7_999);
      expect(last(await one.snapshot(0), 'files:a:1')).toBe(0);
      await one.append(record(['k:noisy:b:1']));
      const snapshot = await one.snapshot(0);
      expect(snapshot.floor).toBe(0);
      expect(last(snapshot, 'files:a:1')).toBe(1);
      expect(last(snapshot, 'files:a:1', { mode: 'expire' })).toBe(0);
    },
  );
}

function keepsKeysApart(server: () => LogUnderTest): void {
  test('keys, scopes and other selectors have separate bounds', async () => {
    const { one } = await server().open();
    const scopes = (n: number) =>
      Array.from(
        { length: 1_000 },
        (_, i) => `s:["files",{"time":{"from":${1_000 * n + i},"to":${1_000 * n + i + 1}}}]`,
      );
    const tags = (n: number) => Array.from({ length: 990 }, (_, i) => `t:${1_000 * n + i}`);
    for (let i = 0; i < 8; i++) {
      await one.append(record(scopes(i)));
      await one.append(record(tags(i)));
      await appendKeys(one, 'stats:a', 1_000, 1_000 * i);
    }
    const { floor, lastHits } = await one.snapshot(0);
    expect(floor).toBe(0);
    expect(lastHits).toHaveLength(8_000 + 8 * 990 + 8_000);
    expect(lastHits.filter(({ selector }) => !/^(s:\[|t:\d|k:stats:a:\d)/.test(selector))).toEqual([]);
  });

  test('a new epoch begins without the keys of the earlier one', async () => {
    const { one } = await server().open();
    await one.append(record(['k:stats:a:1']));
    await server().restart();
    expect((await one.snapshot(0)).lastHits).toEqual([]);
    await one.append(record(['k:stats:a:2']));
    expect((await one.snapshot(0)).lastHits).toEqual([
      { mode: 'invalidate', selector: 'k:stats:a:2' as SelectorToken, position: 1 },
    ]);
  });
}

/** Appends them in batches of a thousand. */
async function appendKeys(log: InvalidationLog, name: string, n: number, first = 0): Promise<void> {
  for (let from = first; from < first + n; from += 1_000) {
    const size = Math.min(1_000, first + n - from);
    await log.append(record(Array.from({ length: size }, (_, i) => `k:${name}:${from + i}`)));
  }
}

function last(
  snapshot: Snapshot,
  key: string,
  { tags = [], mode = 'invalidate' }: { tags?: string[]; mode?: InvalidationMode } = {},
): number {
  return lastHitIn(snapshot, mode, invalidationTargetsOf(parseKey(key), tags));
}
