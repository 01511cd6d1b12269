import { createLogger } from '@pilotlight/runtime';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { TryLater } from '../errors.ts';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { BackPressure } from './back-pressure.ts';

const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
const POLL = { timeout: 30_000, interval: 50 };

describe('back-pressure', () => {
  const state = { waitMs: 0, asked: 0, now: 0, isAway: false, isFrozen: false };
  const pressureAt = () => {
    Object.assign(state, { waitMs: 0, asked: 0, now: 0, isAway: false, isFrozen: false });
    const waitMs = async () => {
      state.asked++;
      if (state.isAway) throw new Error('away');
      if (state.isFrozen) await new Promise(() => undefined);
      return state.waitMs;
    };
    return new BackPressure({ waitMs, maxMs: 60_000, logger, now: () => state.now });
  };
  /** Returns `Retry-After` in s, or null if the upload is accepted. */
  const answerAt = async (pressure: BackPressure, now: number, waitMs: number) => {
    Object.assign(state, { now, waitMs });
    return await pressure.admit().then(
      () => null,
      (error: unknown) => (error instanceof TryLater ? Number(error.headers['Retry-After']) : error),
    );
  };

  test('refuses above its limit until the wait is half of it', async () => {
    const pressure = pressureAt();
    expect(await answerAt(pressure, 0, 60_000)).toBe(null);
    expect(await answerAt(pressure, 1_000, 61_000)).toBe(31);
    expect(await answerAt(pressure, 2_000, 31_000)).toBe(1);
    expect(await answerAt(pressure, 3_000, 30_000)).toBe(null);
    expect(await answerAt(pressure, 4_000, 59_000)).toBe(null);
    expect(await answerAt(pressure, 5_000, 86_400_000)).toBe(60);
  });

  test('measures once a second, however many uploads arrive', async () => {
    const pressure = pressureAt();
    for (const now of [0, 500, 999]) {
      state.now = now;
      await Promise.all(Array.from({ length: 100 }, () => pressure.admit()));
    }
    expect(state.asked).toBe(1);
    state.now = 1_000;
    await Promise.all(Array.from({ length: 100 }, () => pressure.admit()));
    expect(state.asked).toBe(2);
  });

  test('a measurement that never ends delays an upload only for a moment, and keeps the last known wait', async () => {
    const pressure = pressureAt();
    expect(await answerAt(pressure, 0, 61_000)).toBe(31);
    state.isFrozen = true;
    expect(await answerAt(pressure, 1_000, 0)).toBe(31);
  });

  test('keeps the last known wait while it cannot be measured', async () => {
    const pressure = pressureAt();
    expect(await answerAt(pressure, 0, 61_000)).toBe(31);
    state.isAway = true;
    expect(await answerAt(pressure, 1_000, 0)).toBe(31);
    state.isAway = false;
    expect(await answerAt(pressure, 2_000, 0)).toBe(null);
  });
});

/** Does the work of a relay: adds jobs to the queue and marks events as handed over. */
async function relay({ api: { deps } }: TestApi): Promise<void> {
  await deps.origin.outbox.relay({ limit: 100, retryAfterMs: 60_000 }, async (entries) => {
    for (const { event } of entries)
      await deps.queues.add('ingest-file', { event }, { jobId: `${event.id}-ingest-file` });
  });
}

/** A worker that starts every file and finishes none. */
function beginWithAll(api: TestApi): void {
  const connection = new Redis(api.queue.url, { maxRetriesPerRequest: null });
  const worker = new Worker('ingest', () => new Promise(() => undefined), { connection, concurrency: 100 });
  onTestFinished(async () => {
    await worker.close(true);
    connection.disconnect();
  });
}

test.for([
  ['in the queue', relay],
  ['in the outbox, which no worker relays', async () => undefined],
] as const)(
  'with files waiting too long %s, uploads get 503 with Retry-After until workers are back',
  async ([, hand]) => {
    const api = await startTestApi({ ingestMaxWaitMs: 1_000 });
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) statuses.push((await api.upload(`line ${n}\n`)).status);
    await hand(api);
    // At least 1 s after the first of them, even on a slow machine.
    await vi.waitUntil(async () => (await api.upload('one more\n')).status === 503, POLL);
    const { files } = await api.left();
    const refused = await api.upload('refused\n');
    const problem = await expectProblem(refused, 503);
    expect(problem).toMatchObject({ code: 'INGEST_BEHIND' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await api.left()).files).toBe(files);
    expect((await api.fetch('/api/files')).status).toBe(200);

    beginWithAll(api);
    await relay(api);
    await vi.waitUntil(async () => (await api.upload('taken again\n')).status === 202, POLL);
    await api.stop();
  },
);

test('with the queue server frozen, uploads are still accepted, at most slightly later', async () => {
  const api = await startTestApi();
  api.queue.kill('SIGSTOP');
  expect((await api.upload('one line\n')).status).toBe(202);
  api.queue.kill('SIGCONT');
  await api.stop();
});
