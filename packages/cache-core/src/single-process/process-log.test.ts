import { beforeEach, expect, test } from 'vitest';
import { HitIndex } from '../log/hit-index.ts';
import { invalidationTargetsOf } from '../model/invalidation-targets.ts';
import { parseKey } from '../model/key.ts';
import type { AppliedByAll } from '../ports/invalidation-log.ts';
import { record } from '../ports/testing/log-under-test.ts';
import { ProcessLog } from './process-log.ts';

let log: ProcessLog;
beforeEach(() => {
  log = new ProcessLog();
});

test('positions are consecutive from 1, one for each event', async () => {
  const event = record(['p:a'], { eventId: 'the-event' });
  const followers = new Map();
  expect(await log.append(event)).toEqual({ epoch: 0, position: 1, followers });
  expect(await log.append(record(['p:b']))).toEqual({ epoch: 0, position: 2, followers });
  expect(await log.append(event)).toEqual({ epoch: 0, position: 1, followers });
  expect((await log.readAfter(0, 0)).map(({ position, selectors }) => [position, ...selectors])).toEqual([
    [1, 'p:a'],
    [2, 'p:b'],
  ]);
  expect(await log.readAfter(0, 2)).toEqual([]);
});

test('a waiter is woken by an append and gets existing records immediately', async () => {
  await log.append(record(['p:a']));
  expect(await log.waitAfter(0, 0)).toHaveLength(1);
  const waiting = [log.waitAfter(0, 1), log.waitAfter(0, 1)];
  await log.append(record(['p:b'], { mode: 'expire' }));
  const woken = [{ epoch: 0, position: 2, mode: 'expire', selectors: ['p:b'] }];
  expect(await Promise.all(waiting)).toEqual([woken, woken]);
});

test('beyond its bounds, records are trimmed and the hits of a snapshot coarsened', async () => {
  const tokens = Array.from({ length: 10_500 }, (_, i) => `k:${i}`);
  for (const token of tokens) await log.append(record([token]));
  const behind = await log.readAfter(0, 100);
  expect([behind.length, behind[0]?.position]).toEqual([10_000, 501]);
  expect((await log.readAfter(0, 10_490)).map(({ position }) => position)).toEqual(
    Array.from({ length: 10 }, (_, i) => 10_491 + i),
  );
  const snapshot = await log.snapshot();
  expect(snapshot).toMatchObject({ epoch: 0, head: 10_500, floor: 0 });
  const index = new HitIndex();
  index.replace(snapshot);
  for (const i of tokens.keys()) {
    const at = index.lastHit('invalidate', invalidationTargetsOf(parseKey(String(i)), [], null));
    expect(at).toBe(Math.max(i + 1, 500));
  }
});

test('an event id is remembered as long as its record', async () => {
  const event = record(['p:a']);
  await log.append(event);
  for (let i = 0; i < 9_999; i++) await log.append(record(['p:b']));
  expect((await log.append(event)).position).toBe(1);
  await log.append(record(['p:b']));
  expect((await log.append(event)).position).toBe(10_002);
});

test('appenders are notified when the last follower has applied', async () => {
  const heard: AppliedByAll[] = [];
  const stop = log.onApplied((proof) => heard.push(proof));
  expect(await log.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 })).toEqual({
    epoch: 0,
    head: 0,
    wasRegistered: false,
  });
  await log.renew({ id: 'g', epoch: 0, applied: 0, leaseMs: 1_000 });
  const { followers } = await log.append(record(['p:a']));
  expect([...followers.keys()]).toEqual(['f', 'g']);
  await log.publishApplied({ id: 'f', applied: 1 });
  await log.publishApplied({ id: 'unknown', applied: 1 });
  expect([heard.length, (await log.register()).get('f')?.applied, (await log.register()).size]).toEqual([0, 1, 2]);
  await log.publishApplied({ id: 'g', applied: 1 });
  expect(heard).toEqual([{ epoch: 0, position: 1, followers: ['f', 'g'] }]);
  stop();
  await log.publishApplied({ id: 'g', applied: 1 });
  expect(heard.length).toBe(1);
});

test('receipts do not wait for a follower that left or was dropped', async () => {
  await log.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 });
  const seen = (await log.register()).get('f')?.renewals ?? -1;
  expect(await log.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 })).toMatchObject({ wasRegistered: true });
  await log.drop('f', 0, seen);
  expect((await log.register()).has('f')).toBe(true);
  await log.drop('f', 0, (await log.register()).get('f')?.renewals ?? -1);
  expect((await log.register()).has('f')).toBe(false);
  await log.renew({ id: 'g', epoch: 0, applied: 0, leaseMs: 1_000 });
  await log.leave('g');
  expect((await log.register()).size).toBe(0);
});

test('once closed, waiting calls end empty and later calls are rejected', async () => {
  const waiting = log.waitAfter(0, 0);
  log.close();
  expect(await waiting).toEqual([]);
  const calls = [
    log.append(record(['p:a'])),
    log.renew({ id: 'f', epoch: 0, applied: 0, leaseMs: 1_000 }),
    log.snapshot(),
    log.readAfter(0, 0),
    log.waitAfter(0, 0),
    log.publishApplied({ id: 'f', applied: 0 }),
    log.register(),
    log.leave('f'),
    log.drop('f', 0, 0),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'UNREACHABLE' });
});
