import { beforeEach, expect, test } from 'vitest';
import { Background } from '../model/background.ts';
import { Unreachable } from '../model/errors.ts';
import type { SelectorToken } from '../model/selector.ts';
import { Link, ManualClock, type MemoryLog, MemoryLogServer } from '../testing/index.ts';
import { Follower } from './follower.ts';

const LEASE_MS = 1_000;
let clock: ManualClock;
let server: MemoryLogServer;
let link: Link;
let log: MemoryLog;
let follower: Follower;
beforeEach(() => {
  clock = new ManualClock();
  server = new MemoryLogServer(clock);
  link = new Link(clock);
  log = server.connect(link);
  follower = follow(log);
});

let followers = 0;
/** A follower whose loops are not started: it does only what the test calls. */
function follow(log: MemoryLog): Follower {
  const background = new Background('main', (_, error) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'UNREACHABLE')) throw error;
  });
  const id = `f${++followers}`;
  return new Follower({ id, name: 'main', log, clock, background, leaseMs: LEASE_MS, renewEveryMs: 300 });
}

let events = 0;
function append(selector: string): { epoch: number; position: number } {
  const selectors = [selector as SelectorToken];
  return server.append({ eventId: `e${++events}`, mode: 'invalidate', selectors, knownEpoch: 0 });
}
const hit = (selector: string) =>
  follower.index.lastHit('invalidate', { tokens: [selector as SelectorToken], prefixes: [], scope: null });

test('a starting follower is current and knows every hit without reading the history', async () => {
  for (let i = 0; i < 50; i++) append(`p:${i % 3}`);
  expect(follower.isCurrent).toBe(false);
  await follower.renew();
  expect(follower.isCurrent).toBe(true);
  expect(follower.stamp).toMatchObject({ asOf: 50 });
  expect([hit('p:0'), hit('p:1'), hit('p:2'), hit('p:3')]).toEqual([49, 50, 48, 0]);
});

test("the lease runs from the renewal's call, not from its reply", async () => {
  link.replyMs = () => 80;
  await clock.through(follower.renew());
  const issuedAgo = clock.monotonic();
  expect(issuedAgo).toBeGreaterThan(0);
  await clock.advance(LEASE_MS - issuedAgo - 1);
  expect(follower.isCurrent).toBe(true);
  await clock.advance(1);
  expect(follower.isCurrent).toBe(false);
});

test('reading the log alone renews nothing', async () => {
  await follower.renew();
  follower.start();
  await clock.settle();
  log.renew = () => Promise.reject(new Unreachable('the log'));
  await clock.advance(LEASE_MS / 2);
  append('p:a');
  await clock.settle();
  expect(hit('p:a')).toBe(1); // the record is applied
  await clock.advance(LEASE_MS);
  expect(follower.isCurrent).toBe(false);
  await clock.through(follower.stop());
});

test('given a gap in the records, a follower takes the snapshot', async () => {
  append('p:a');
  await follower.renew();
  const readAfter = log.readAfter.bind(log);
  log.readAfter = async (epoch, position) => (await readAfter(epoch, position)).slice(1);
  append('p:lost');
  append('p:b');
  await follower.renew();
  expect([hit('p:lost'), hit('p:b'), follower.stamp.asOf]).toEqual([2, 3, 3]);
});

test('a follower has no lease until the head of its renewal is applied', async () => {
  await follower.renew();
  await clock.advance(LEASE_MS);
  append('p:a');
  log.readAfter = async () => [];
  await follower.renew();
  expect(follower.isCurrent).toBe(false);
  expect(follower.stamp.asOf).toBe(0);
});

test('a late reply of an earlier epoch changes nothing', async () => {
  append('p:a');
  const late = await log.renew({ id: 'late', epoch: 0, applied: 0, leaseMs: 1_000 });
  server.flushAll();
  await clock.advance(1_000);
  await follower.renew();
  const { epoch } = follower;
  expect(epoch).toBeGreaterThan(late.epoch);
  log.renew = async () => late;
  await follower.renew();
  follower.enterEpoch(late.epoch);
  expect(follower.epoch).toBe(epoch);
  expect(follower.isCurrent).toBe(true);
});

test('a record of a later epoch clears the index; only a renewal makes the follower current', async () => {
  append('p:a');
  await follower.renew();
  follower.start();
  await clock.settle();
  const renew = log.renew.bind(log);
  log.renew = () => Promise.reject(new Unreachable('the log'));
  server.flushAll();
  await clock.advance(10);
  const { epoch } = append('p:b');
  await clock.settle();
  expect(follower.stamp).toEqual({ epoch, asOf: 1 });
  expect([hit('p:a'), hit('p:b')]).toEqual([0, 1]);
  expect(follower.isCurrent).toBe(false);
  log.renew = renew;
  await follower.renew();
  expect(follower.isCurrent).toBe(true);
  await clock.through(follower.stop());
});

test('a dropped follower loses its lease until it has registered and caught up again', async () => {
  await follower.renew();
  server.drop(`f${followers}`, follower.epoch);
  append('p:a');
  const readAfter = log.readAfter.bind(log);
  log.readAfter = async () => [];
  await follower.renew();
  expect(follower.isCurrent).toBe(false);
  log.readAfter = readAfter;
  await follower.renew();
  expect(follower.isCurrent).toBe(true);
  expect(hit('p:a')).toBe(1);
});

test('after its lease, catching up makes a follower current, or fails if the log is unreachable', async () => {
  await follower.renew();
  await clock.advance(LEASE_MS);
  append('p:a');
  expect(await follower.catchUp()).toBe(true);
  expect(hit('p:a')).toBe(1);
  await clock.advance(LEASE_MS);
  link.cut();
  expect(await clock.through(follower.catchUp())).toBe(false);
  expect(await follower.catchUp()).toBe(false); // the outage is known now, so it returns immediately
});

test('once started, a follower stays current, also after an outage of the log', async () => {
  follower.start();
  await clock.advance(5_000);
  expect(follower.isCurrent).toBe(true);
  link.cut();
  await clock.advance(3_000);
  expect(follower.isCurrent).toBe(false);
  append('p:a');
  link.mend();
  await clock.advance(500);
  expect(follower.isCurrent).toBe(true);
  expect(hit('p:a')).toBe(1);
  await clock.through(follower.stop());
});

test('a stopped follower leaves the register, and a read does not register it again', async () => {
  await follower.renew();
  await follower.stop();
  expect(follower.isCurrent).toBe(false);
  expect(await follower.catchUp()).toBe(false);
  expect(server.register(follower.epoch)?.size).toBe(0);
});

test('a wall clock that is set back extends no lease', async () => {
  await follower.renew();
  clock.stepWall(-3_600_000);
  await clock.advance(LEASE_MS - 1);
  expect(follower.isCurrent).toBe(true);
  await clock.advance(1);
  expect(follower.isCurrent).toBe(false);
});

test('after a suspension that stopped the monotonic clock, no earlier lease counts', async () => {
  await follower.renew();
  clock.stepWall(LEASE_MS);
  expect(follower.isCurrent).toBe(false);
  await follower.renew();
  expect(follower.isCurrent).toBe(true);
});

test('an unexpected error is reported once until success; renewing and reading continue', async () => {
  const reported: string[] = [];
  const background = new Background('main', (reason, error) => reported.push(`${reason}: ${String(error)}`));
  const id = 'faulty';
  follower = new Follower({ id, name: 'main', log, clock, background, leaseMs: LEASE_MS, renewEveryMs: 300 });
  const { renew, waitAfter } = log;
  follower.start();
  await clock.settle();
  log.renew = () => Promise.reject(new TypeError('renew is broken'));
  log.waitAfter = () => Promise.reject(new TypeError('waitAfter is broken'));
  append('p:a'); // this append ends the waiting
  await clock.advance(2 * LEASE_MS);
  expect(reported.sort()).toEqual(['follow: TypeError: waitAfter is broken', 'renew: TypeError: renew is broken']);
  expect(follower.isCurrent).toBe(false);
  Object.assign(log, { renew, waitAfter });
  await clock.advance(LEASE_MS);
  expect(follower.isCurrent).toBe(true);
  log.renew = () => Promise.reject(new TypeError('renew is broken again'));
  await clock.advance(LEASE_MS);
  expect(reported).toContain('renew: TypeError: renew is broken again');
  await clock.through(follower.stop());
});

test('an unreachable log is not reported as a defect', async () => {
  const reported: unknown[] = [];
  const background = new Background('main', (_, error) => reported.push(error));
  follower = new Follower({ id: 'cut', name: 'main', log, clock, background, leaseMs: LEASE_MS, renewEveryMs: 300 });
  follower.start();
  await clock.advance(LEASE_MS);
  link.cut();
  await clock.advance(5 * LEASE_MS);
  expect(follower.state).toBe('disconnected');
  expect(reported).toEqual([]);
  await clock.through(follower.stop());
});

test('the index has another version after each change of the epoch and of synced', async () => {
  const versions = [follower.index.version];
  await follower.renew();
  versions.push(follower.index.version);
  expect(follower.synced).toBe(true);
  follower.enterEpoch(follower.epoch + 1);
  versions.push(follower.index.version);
  expect(follower.synced).toBe(false);
  expect(new Set(versions).size).toBe(3);
});

test('a follower reads the log again after the reply to its report', async () => {
  const reply = Promise.withResolvers<void>();
  const { publishApplied, waitAfter } = log;
  let reads = 0;
  log.waitAfter = (epoch, position) => {
    reads++;
    return waitAfter.call(log, epoch, position);
  };
  follower.start();
  await clock.settle();
  log.publishApplied = (state) => reply.promise.then(() => publishApplied.call(log, state));
  const before = reads;
  append('p:a');
  append('p:b');
  await clock.settle();
  expect([follower.stamp.asOf, reads - before]).toEqual([1, 0]);
  reply.resolve();
  await clock.settle();
  expect(follower.stamp.asOf).toBe(2);
  await clock.through(follower.stop());
});
