import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SearchRead, Version } from './load/history.ts';
import { judgeRead } from './proof/judge-read.ts';
import { placesOf, Scenario } from './scenario.ts';
import { administer } from './schedule/server-faults.ts';
import { type FaultSystem, startFaultSystem } from './system/fault-system.ts';

let system: FaultSystem;
let scenario: Scenario;

/** A system without a load of its own: what is asked is asked here. */
async function start(without: readonly string[], apis: number): Promise<void> {
  system = await startFaultSystem({ apis, workers: 1, without });
  scenario = new Scenario(system, { seed: 1, say: () => undefined });
}

async function stop(): Promise<void> {
  await scenario.load.close();
  await system.stop();
}

/** For what must come: a limit far above what it takes. */
const LIMIT_MS = 120_000;
/** For what must not come: longer than it takes where it comes, on this machine now. */
const MIN_ABSENCE_MS = 10_000;
const tookMs = { indexed: 0, applied: 0 };
const absenceMs = (what: keyof typeof tookMs): number => Math.max(MIN_ABSENCE_MS, 3 * tookMs[what]);

const placeOf = (index: number) => {
  const place = placesOf(system)[index];
  if (!place) throw new Error(`expected an api ${index}`);
  return place;
};

async function indexed(subject: number): Promise<Version> {
  const { load } = scenario;
  const version = await load.writer.upload(placeOf(0).url, subject, 3, 10);
  if (version.indexedAppliedAt === null)
    throw new Error(`expected ${version.name} to be indexed, got ${JSON.stringify(version)}`);
  return version;
}

/** Until then, at most so long: whether it came to that. */
async function within(ms: number, isDone: () => Promise<boolean>): Promise<boolean> {
  for (const giveUpAt = performance.now() + ms; performance.now() < giveUpAt; ) {
    if (await isDone()) return true;
    await delay(50);
  }
  return false;
}

/** Api 2 has an answer in memory, is cut off from the log, and api 1 acknowledges a deletion. What api 2 answers then. */
async function readCutOffFromTheLog(): Promise<SearchRead> {
  const { load } = scenario;
  const subject = load.newSubject();
  const version = await indexed(subject);
  await load.reader.search(placeOf(1), subject);
  system.apis[1]?.links.queue.forward({ kind: 'blackhole' });
  await load.writer.delete(placeOf(0).url, version);
  expect(version.deletion?.answered).toBe('applied');
  return await load.reader.search(placeOf(1), subject);
}

/** What the next read on the same api shows after a deletion was acknowledged there. */
async function readAfterDeletion(): Promise<SearchRead> {
  const { load } = scenario;
  const subject = load.newSubject();
  const version = await indexed(subject);
  await load.reader.search(placeOf(0), subject);
  await load.writer.delete(placeOf(0).url, version);
  return await load.reader.search(placeOf(0), subject);
}

/** An upload that was acknowledged as pending, with the log out of the api's reach; then it is within reach again. */
async function becomesApplied(withinMs: number): Promise<boolean> {
  const { load } = scenario;
  const [api] = system.apis;
  await api?.links.queue.refuse();
  const version = await load.writer.upload(placeOf(0).url, load.newSubject(), 3, null);
  expect(version.upload.answered).toBe('pending');
  await api?.links.queue.accept();
  return await within(withinMs, () => load.writer.look(placeOf(0).url, version));
}

/** The only worker is killed with a file in its hands, and started again. */
async function isIndexedAfterKill(withinMs: number): Promise<boolean> {
  const { load } = scenario;
  const [worker] = system.workers;
  // So slow that it is still at it when it is killed.
  worker?.links.postgres.forward({ kind: 'latency', ms: 150 });
  const version = await load.writer.upload(placeOf(0).url, load.newSubject(), 3, null);
  const isActive = () => administer(system.queue, async (redis) => (await redis.llen('bull:ingest:active')) > 0);
  expect(await within(LIMIT_MS, isActive)).toBe(true);
  await worker?.slot.kill();
  worker?.links.postgres.forward({ kind: 'open' });
  return await within(withinMs, () => load.writer.look(placeOf(0).url, version));
}

describe('with everything that protects it', () => {
  beforeAll(() => start([], 2));
  afterAll(stop);

  test('a file whose worker is killed while it reads it is indexed', async () => {
    const beganAt = performance.now();
    expect(await isIndexedAfterKill(LIMIT_MS)).toBe(true);
    tookMs.indexed = performance.now() - beganAt;
  });

  test('an event that is pending is applied by a worker', async () => {
    const beganAt = performance.now();
    expect(await becomesApplied(LIMIT_MS)).toBe(true);
    tookMs.applied = performance.now() - beganAt;
  });

  test('after an acknowledged deletion the next read shows nothing of it', async () => {
    expect(judgeRead(await readAfterDeletion(), scenario.load.history)).toEqual([]);
  });

  test('an api that is cut off from the log shows what is deleted only as unverified, and no longer than it promises', async () => {
    expect(judgeRead(await readCutOffFromTheLog(), scenario.load.history)).toEqual([]);
  });
});

describe('control', () => {
  afterEach(stop);

  test('without the lease an api that is cut off from the log shows what is deleted as good, and the observer sees that', async () => {
    await start(['lease'], 2);
    const read = await readCutOffFromTheLog();
    expect(judgeRead(read, scenario.load.history)).toEqual([expect.stringContaining('older than the deletion')]);
  });

  test('without the fence the next read after a deletion shows it, and the observer sees that', async () => {
    await start(['fence'], 1);
    const read = await readAfterDeletion();
    expect(judgeRead(read, scenario.load.history)).toEqual([expect.stringContaining('older than the deletion')]);
  });

  test('without the relay an event that is pending is never applied', async () => {
    await start(['relay'], 1);
    expect(await becomesApplied(absenceMs('applied'))).toBe(false);
  });

  test('without the check for stalled jobs a file whose worker was killed is not indexed', async () => {
    await start(['stalledCheck'], 1);
    expect(await isIndexedAfterKill(absenceMs('indexed'))).toBe(false);
  });
});
