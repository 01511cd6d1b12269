import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SearchRead, Version } from './load/history.ts';
import { judgeRead } from './proof/judge-read.ts';
import { placesOf, Scenario } from './scenario.ts';
import { administer } from './schedule/server-faults.ts';
import { type FaultSystem, startFaultSystem } from './system/fault-system.ts';

let system: FaultSystem;
let scenario: Scenario;

/** Starts a system without background load; the test sends all requests. */
async function start(without: readonly string[], apis: number): Promise<void> {
  system = await startFaultSystem({ apis, workers: 1, without });
  scenario = new Scenario(system, { seed: 1, log: () => undefined });
}

async function stop(): Promise<void> {
  await scenario.load.close();
  await system.stop();
}

/** Time limit for events that must happen, far above what they take. */
const LIMIT_MS = 120_000;
/** Minimum time to watch for events that must not happen: longer than they take when they do happen on this machine. */
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
  await within(LIMIT_MS, () => load.writer.look(placeOf(0).url, version));
  if (version.indexedAppliedAt === null)
    throw new Error(`expected ${version.name} to be indexed, got ${JSON.stringify(version)}`);
  return version;
}

/** Polls until `isDone` or the time limit. Returns whether it was reached. */
async function within(ms: number, isDone: () => Promise<boolean>): Promise<boolean> {
  for (const giveUpAt = performance.now() + ms; performance.now() < giveUpAt; ) {
    if (await isDone()) return true;
    await delay(50);
  }
  return false;
}

/**
 * Api 2 has an answer in memory and is cut off from the log, and api 1 acknowledges a deletion. Returns the answer of
 * api 2.
 */
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

/** Returns what the next read on an api shows after a deletion was acknowledged there. */
async function readAfterDeletion(): Promise<SearchRead> {
  const { load } = scenario;
  const subject = load.newSubject();
  const version = await indexed(subject);
  await load.reader.search(placeOf(0), subject);
  await load.writer.delete(placeOf(0).url, version);
  return await load.reader.search(placeOf(0), subject);
}

/**
 * Uploads while the api cannot reach the log, so that the upload is pending, then restores the connection. Returns
 * whether it is applied.
 */
async function becomesApplied(withinMs: number): Promise<boolean> {
  const { load } = scenario;
  const [api] = system.apis;
  await api?.links.queue.refuse();
  const version = await load.writer.upload(placeOf(0).url, load.newSubject(), 3, null);
  expect(version.upload.answered).toBe('pending');
  await api?.links.queue.accept();
  return await within(withinMs, () => load.writer.look(placeOf(0).url, version));
}

/** Kills the only worker while it reads a file, then restarts it. Returns whether the file is indexed. */
async function isIndexedAfterKill(withinMs: number): Promise<boolean> {
  const { load } = scenario;
  const [worker] = system.workers;
  // So slow that the worker is still reading when it is killed.
  worker?.links.postgres.forward({ kind: 'latency', ms: 150 });
  const version = await load.writer.upload(placeOf(0).url, load.newSubject(), 3, null);
  const isActive = () => administer(system.queue, async (redis) => (await redis.llen('bull:ingest:active')) > 0);
  expect(await within(LIMIT_MS, isActive)).toBe(true);
  await worker?.slot.kill();
  worker?.links.postgres.forward({ kind: 'open' });
  return await within(withinMs, () => load.writer.look(placeOf(0).url, version));
}

describe('with all protections', () => {
  beforeAll(() => start([], 2));
  afterAll(stop);

  test('a file whose worker is killed while reading it is indexed', async () => {
    const beganAt = performance.now();
    expect(await isIndexedAfterKill(LIMIT_MS)).toBe(true);
    tookMs.indexed = performance.now() - beganAt;
  });

  test('a worker applies a pending event', async () => {
    const beganAt = performance.now();
    expect(await becomesApplied(LIMIT_MS)).toBe(true);
    tookMs.applied = performance.now() - beganAt;
  });

  test('after an acknowledged deletion the next read shows nothing of the file', async () => {
    expect(judgeRead(await readAfterDeletion(), scenario.load.history)).toEqual([]);
  });

  test('an api cut off from the log shows a deleted file only as unverified, within its promised time', async () => {
    expect(judgeRead(await readCutOffFromTheLog(), scenario.load.history)).toEqual([]);
  });
});

describe('control', () => {
  afterEach(stop);

  test('without the lease, an api cut off from the log serves a deleted file as verified', async () => {
    await start(['lease'], 2);
    const read = await readCutOffFromTheLog();
    expect(judgeRead(read, scenario.load.history)).toEqual([expect.stringContaining('older than the deletion')]);
  });

  test('without the fence, the next read after a deletion shows the file', async () => {
    await start(['fence'], 1);
    const read = await readAfterDeletion();
    expect(judgeRead(read, scenario.load.history)).toEqual([expect.stringContaining('older than the deletion')]);
  });

  test('without the relay, a pending event is never applied', async () => {
    await start(['relay'], 1);
    expect(await becomesApplied(absenceMs('applied'))).toBe(false);
  });

  test('without the check for stalled jobs, the file of a killed worker is not indexed', async () => {
    await start(['stalledCheck'], 1);
    expect(await isIndexedAfterKill(absenceMs('indexed'))).toBe(false);
  });
});
