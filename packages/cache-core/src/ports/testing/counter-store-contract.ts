import { beforeEach, expect, test } from 'vitest';
import type { CounterDelta, CounterStore, RecentCounts } from '../counter-store.ts';

/** Two processes' connections to one empty store. */
export interface CountersUnderTest {
  readonly one: CounterStore;
  readonly other: CounterStore;
}

/** The suite that every `CounterStore` with `recent` passes. */
export function counterStoreContract(start: () => Promise<CountersUnderTest>): void {
  let one: CounterStore;
  let other: CounterStore;
  beforeEach(async () => {
    ({ one, other } = await start());
  });
  const recent = async (store: CounterStore): Promise<RecentCounts> => {
    const counts = await store.recent?.();
    if (!counts) throw new Error('expected a store with recent()');
    return counts;
  };

  test('counts of two processes are summed until they are reset', async () => {
    await Promise.all([one.add({ 'a|hit': 2, 'a|miss': 1 }), other.add({ 'a|hit': 3 })]);
    expect(await one.read()).toEqual({ 'a|hit': 5, 'a|miss': 1 });
    await other.reset();
    expect(await one.read()).toEqual({});
  });

  test('the minutes of two processes have the same sums as the total', async () => {
    await Promise.all([one.add({ 'a|hit': 2, 'a|miss': 1 }), other.add({ 'a|hit': 3, 'b|c|hit': 1 })]);
    const { now, since, minutes } = await recent(other);
    expect(sumOf(minutes.map(({ counts }) => counts))).toEqual(await one.read());
    expect(since).toBeLessThanOrEqual(now);
    for (const { at } of minutes) expect(at % 60_000).toBe(0);
  });

  test('a reset forgets the minutes and the time of the first count', async () => {
    await one.add({ 'a|hit': 2 });
    await other.reset();
    const { since, minutes } = await recent(one);
    expect(since).toBeNull();
    expect(sumOf(minutes.map(({ counts }) => counts))).toEqual({});
    await one.add({ 'a|hit': 1 });
    expect((await recent(one)).since).toBeGreaterThan(0);
  });
}

function sumOf(deltas: readonly CounterDelta[]): CounterDelta {
  const sum: Record<string, number> = {};
  for (const delta of deltas) for (const [name, n] of Object.entries(delta)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}
