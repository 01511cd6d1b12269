import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HitIndex } from '../../log/hit-index.ts';
import type { InvalidationLog } from '../invalidation-log.ts';
import { epochsContract } from './invalidation-log-contract-epochs.ts';
import { followersContract } from './invalidation-log-contract-followers.ts';
import { keysContract } from './invalidation-log-contract-keys.ts';
import { scopedContract } from './invalidation-log-contract-scoped.ts';
import { type LogUnderTest, record } from './log-under-test.ts';

/** The contract of every invalidation log. */
export function logContract(name: string, start: () => Promise<LogUnderTest>): void {
  describe(name, () => {
    let server: LogUnderTest;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());
    appends(() => server);
    reads(() => server);
    snapshots(() => server);
    scopedContract(() => server);
    keysContract(() => server);
    followersContract(() => server);
    epochsContract(() => server);
    outOfReach(() => server);
  });
}

function appends(server: () => LogUnderTest): void {
  test('positions of an epoch are consecutive integers from 1 for all appenders', async () => {
    const { one, other } = await server().open();
    const first = await one.append(record(['p:a']));
    expect(first.position).toBe(1);
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).append(record(['p:a']))),
    );
    expect(appended.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 2),
    );
    expect(new Set(appended.map(({ epoch }) => epoch))).toEqual(new Set([first.epoch]));
  });

  test('an event is appended once, however often and from wherever it is sent', async () => {
    const { one, other } = await server().open();
    const event = record(['p:a'], { eventId: 'the-event' });
    const first = await one.append(event);
    await one.append(record(['p:b']));
    expect(await other.append(event)).toEqual(first);
    expect(await other.snapshot(0)).toMatchObject({ head: 2 });
  });

  test('given no event id, each append is separate', async () => {
    const { one, other } = await server().open();
    const { position } = await one.append(record(['p:a'], { eventId: null }));
    expect(await other.append(record(['p:a'], { eventId: null }))).toMatchObject({ position: position + 1 });
    expect(await one.append(record(['p:a'], { eventId: 'null' }))).toMatchObject({ position: position + 2 });
  });

  test('selectors and mode come back unchanged, including any Unicode', async () => {
    const { one, other } = await server().open();
    const selectors = ['p:files', 't:größe "quoted" \\ /', 'k:a b:c', 't:日本 🚀'];
    const { epoch } = await one.append(record(selectors, { mode: 'expire' }));
    expect(await other.readAfter(epoch, 0)).toEqual([{ epoch, position: 1, mode: 'expire', selectors }]);
    const { lastHits } = await other.snapshot(0);
    expect(new Set(lastHits.map(({ selector }) => selector))).toEqual(new Set(selectors));
    expect(new Set(lastHits.map(({ mode }) => mode))).toEqual(new Set(['expire']));
  });
}

function reads(server: () => LogUnderTest): void {
  test('reading after a position returns the next records in order, so a gap is visible', async () => {
    const { one } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    for (const selector of ['p:b', 'p:c', 'p:d']) await one.append(record([selector]));
    const after = await one.readAfter(epoch, 2);
    expect(after.map(({ position, selectors }) => [position, ...selectors])).toEqual([
      [3, 'p:c'],
      [4, 'p:d'],
    ]);
    expect(await one.readAfter(epoch, 4)).toEqual([]);
  });

  test('a waiter gets an append of another process, and existing records immediately', async () => {
    const { one, other } = await server().open();
    const { epoch, position } = await one.append(record(['p:a']));
    expect(await waitedAfterFirst(one, epoch)).toHaveLength(1);
    const waiting = one.waitAfter(epoch, position);
    await other.append(record(['p:b']));
    expect(await server().through(waiting)).toEqual([
      { epoch, position: position + 1, mode: 'invalidate', selectors: ['p:b'] },
    ]);
  });

  test('a waiter in an ended epoch is woken by the first append of the next', async () => {
    const { one, other } = await server().open();
    const { epoch } = await one.append(record(['p:a']));
    await waitedAfterFirst(one, epoch);
    const waiting = one.waitAfter(epoch, 1);
    await server().flushAll();
    const next = await other.append(record(['p:b'], { knownEpoch: epoch }));
    const [woken] = await server().through(waiting);
    expect(woken).toMatchObject({ epoch: next.epoch, position: 1 });
  });

  test('waiting for an idle log ends without records after a few seconds', async () => {
    const { one } = await server().open();
    const { epoch, position } = await one.append(record(['p:a']));
    await waitedAfterFirst(one, epoch);
    expect(await server().through(one.waitAfter(epoch, position))).toEqual([]);
  });
}

/**
 * Returns the first record to a caller that waits for records after position 0. A log with a separate connection for
 * waiting rejects until that connection is established, so this repeats the call.
 */
function waitedAfterFirst(log: InvalidationLog, epoch: number): Promise<readonly unknown[]> {
  return vi.waitFor(() => log.waitAfter(epoch, 0), { timeout: 30_000, interval: 20 });
}

function snapshots(server: () => LogUnderTest): void {
  test('after 20,000 appends over few selectors a snapshot is small and exact', async () => {
    const { one, other } = await server().open();
    const replayed = new HitIndex();
    for (let i = 0; i < 20_000; i += 100) {
      const batch = Array.from({ length: 100 }, (_, j) => record([`p:${(i + j) % 13}`]));
      const appended = await Promise.all(batch.map((append) => one.append(append)));
      for (const [j, { position }] of appended.entries()) {
        replayed.record({ mode: 'invalidate', selectors: batch[j]?.selectors ?? [], position });
      }
    }
    const snapshot = await other.snapshot(0);
    expect(snapshot).toMatchObject({ head: 20_000, floor: 0 });
    expect(snapshot.lastHits).toHaveLength(13);
    for (const { selector, position } of snapshot.lastHits)
      expect(replayed.lastHit('invalidate', { tokens: [selector], prefixes: [], scope: null })).toBe(position);
  });

  test('forgetting a prefix or tag raises the floor', async () => {
    const { one } = await server().open();
    for (let i = 0; i < 10; i++)
      await one.append(record(Array.from({ length: 1_000 }, (_, j) => `t:${i * 1_000 + j}`)));
    const { floor, head, lastHits } = await one.snapshot(0);
    expect(head).toBe(10);
    expect(floor).toBe(2);
    expect(lastHits.length).toBeLessThanOrEqual(8_000);
    const known = new Set(lastHits.map(({ position }) => position));
    expect(known).toEqual(new Set([3, 4, 5, 6, 7, 8, 9, 10]));
  });
}

function outOfReach(server: () => LogUnderTest): void {
  test('given a server that never answers, every call rejects in bounded time', async () => {
    const { one } = await server().open();
    const { epoch } = await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
    server().freeze();
    const calls = [
      one.append(record(['p:a'])),
      one.renew({ id: 'f', epoch, applied: 0, leaseMs: 1_000 }),
      one.snapshot(0),
      one.readAfter(epoch, 0),
      one.waitAfter(epoch, 0),
      one.publishApplied({ id: 'f', epoch, applied: 0 }),
      one.register(epoch),
      one.leave('f', epoch),
    ];
    const settled = await server().through(Promise.allSettled(calls));
    await server().thaw();
    expect(settled.map((call) => call.status === 'rejected' && call.reason?.code)).toEqual(
      calls.map(() => 'UNREACHABLE'),
    );
    expect(await one.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 })).toMatchObject({
      head: expect.any(Number),
    });
  });
}
