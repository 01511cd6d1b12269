import { expect, test } from 'vitest';
import { invalidationTargetsOf } from '../../model/invalidation-targets.ts';
import { parseKey } from '../../model/key.ts';
import type { Scope } from '../../model/scope.ts';
import { type InvalidationMode, type SelectorToken, toToken } from '../../model/selector.ts';
import type { InvalidationLog } from '../invalidation-log.ts';
import { type LogUnderTest, lastHitIn, record } from './log-under-test.ts';

/** Scoped selectors in the log: bounded, and a forgotten one only ever hits more. */
export function scopedContract(server: () => LogUnderTest): void {
  test('scoped selectors are unchanged in records and in the snapshot', async () => {
    const { one, other } = await server().open();
    const selectors = [
      scoped('files:größe "quoted" 🚀', { levels: ['ERROR', 'WARN\\'], time: { from: null, to: 1.5e12 } }),
      scoped('files', { services: [] }),
      scoped('stats', {}),
    ];
    const { epoch } = await one.append(record(selectors, { mode: 'expire' }));
    expect(await other.readAfter(epoch, 0)).toEqual([{ epoch, position: 1, mode: 'expire', selectors }]);
    expect(new Set((await other.snapshot(0)).lastHits)).toEqual(
      new Set(selectors.map((selector) => ({ mode: 'expire', selector, position: 1 }))),
    );
  });

  keepsTheNewest(server);
  forgetsSafely(server);
}

function keepsTheNewest(server: () => LogUnderTest): void {
  test('after 20,000 scoped appends a snapshot is small and never misses a hit', async () => {
    const { one, other } = await server().open();
    await one.append(record([...['p:stats', 't:kept'].map(token)]));
    const positionOf = await appendMinutes(one, 20_000);
    const snapshot = await other.snapshot(0);
    expect(snapshot).toMatchObject({ head: 20_001, floor: 0 });
    expect(snapshot.lastHits.length).toBeLessThanOrEqual(8_100);
    for (let minute = 0; minute < 20_000; minute += 97) {
      const replayed = positionOf[minute] ?? 0;
      const lastHit = lastHitIn(
        snapshot,
        'invalidate',
        invalidationTargetsOf(parseKey('files:list:1'), [], atMinute(minute)),
      );
      if (replayed > 20_001 - 8_000) expect(lastHit).toBe(replayed);
      else expect(lastHit).toBeGreaterThanOrEqual(replayed);
    }
  });

  test('a forgotten hit of one prefix and mode affects no other', async () => {
    const { one } = await server().open();
    await one.append(record(minutes('files', 0, 1_000), { mode: 'expire' }));
    await one.append(record([token('p:files:list'), scoped('search', atMinute(7))]));
    for (let i = 0; i < 8; i++) await one.append(record(minutes('stats', 1_000 * i, 1_000)));
    const snapshot = await one.snapshot(0);
    const last = (mode: InvalidationMode, key: string) =>
      lastHitIn(snapshot, mode, invalidationTargetsOf(parseKey(key)));
    expect(last('expire', 'files:other:1')).toBe(1);
    expect(last('invalidate', 'files:other:1')).toBe(0);
    expect(last('invalidate', 'files:list:1')).toBe(2);
    expect(last('invalidate', 'search:list:1')).toBe(2);
    expect(last('expire', 'stats:list:1')).toBe(0);
    expect(snapshot.floor).toBe(0);
  });
}

function forgetsSafely(server: () => LogUnderTest): void {
  test('a forgotten scoped hit does not lower a later hit of its whole prefix', async () => {
    const { one } = await server().open();
    await one.append(record(minutes('files', 0, 1_000)));
    await one.append(record([token('p:files')]));
    for (let i = 0; i < 8; i++) await one.append(record(minutes('stats', 1_000 * i, 1_000)));
    expect(lastHitIn(await one.snapshot(0), 'invalidate', invalidationTargetsOf(parseKey('files:list:1')))).toBe(2);
  });

  test('an unreadable scoped selector hits everything', async () => {
    const { one } = await server().open();
    const broken = ['s:', 's:not json', 's:"files"', 's:["files"]', 's:[1,{}]', 's:["files",7]', 's:{"0":"files"}'];
    for (const text of broken) {
      const { epoch, position } = await one.append(record([token(text)]));
      expect(await one.readAfter(epoch, position - 1)).toMatchObject([{ position, selectors: ['a'] }]);
      expect((await one.snapshot(0)).lastHits).toEqual([{ mode: 'invalidate', selector: 'a', position }]);
    }
  });

  test('the floor never falls when older scoped hits are forgotten later', async () => {
    const { one } = await server().open();
    for (let i = 0; i < 8; i++) await one.append(record(minutes('files', 1_000 * i, 1_000)));
    for (let i = 0; i < 10; i++)
      await one.append(record(Array.from({ length: 1_000 }, (_, j) => token(`t:${i}-${j}`))));
    expect(await one.snapshot(0)).toMatchObject({ head: 18, floor: 10 });
    await one.append(record(minutes('stats', 0, 1_000)));
    expect(await one.snapshot(0)).toMatchObject({ head: 19, floor: 10 });
  });
}

const token = (text: string) => text as SelectorToken;
const scoped = (prefix: string, scope: Scope) => toToken({ prefix, scope });
const atMinute = (minute: number): Scope => ({ time: { from: minute, to: minute + 1 } });
const minutes = (prefix: string, first: number, n: number) =>
  Array.from({ length: n }, (_, i) => scoped(prefix, atMinute(first + i)));

/** Appends one selector for each minute, and returns the position of each. */
async function appendMinutes(log: InvalidationLog, n: number): Promise<number[]> {
  const positions: number[] = [];
  for (let first = 0; first < n; first += 100) {
    const appended = await Promise.all(minutes('files', first, 100).map((selector) => log.append(record([selector]))));
    positions.push(...appended.map(({ position }) => position));
  }
  return positions;
}
