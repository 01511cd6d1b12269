import { JOBS } from '@pilotlight/contracts';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let connection: Redis;

beforeAll(async () => {
  api = await startTestApi();
  connection = new Redis(api.queue.url, { maxRetriesPerRequest: null });
});
afterAll(async () => {
  connection.disconnect();
  await api.stop();
});

const POLL = { timeout: 30_000, interval: 20 };

/** Returns the names and reasons of the failed jobs that the board shows for a queue. */
async function failedOnTheBoard(queue: string): Promise<{ id: string; failedReason: string }[]> {
  const answer = await api.fetch(`/admin/queues/api/queues?activeQueue=${queue}&status=failed&page=1`, {
    headers: asAdmin,
  });
  const board = (await answer.json()) as { queues: { name: string; jobs: { id: string; failedReason: string }[] }[] };
  return board.queues.find(({ name }) => name === queue)?.jobs ?? [];
}

async function workOff(work: () => Promise<object>): Promise<Worker> {
  const worker = new Worker(JOBS['warm-keys'].queue, work, { connection });
  await worker.waitUntilReady();
  return worker;
}

test('a job that failed for good is on the board with its reason, and succeeds on a retry after a fix', async () => {
  const { queues } = api.api.deps;
  await queues.of('warming').add('warm-keys', {}, { jobId: 'poison', attempts: 1 });
  const broken = await workOff(() => Promise.reject(new Error('a bug')));
  await expect.poll(() => failedOnTheBoard('warming'), POLL).toMatchObject([{ id: 'poison', failedReason: 'a bug' }]);
  await broken.close();
  const fixed = await workOff(async () => ({ warmed: true }));
  const again = await api.fetch('/admin/queues/api/queues/warming/poison/retry', {
    method: 'PUT',
    headers: asAdmin,
  });
  expect(again.status).toBe(204);
  await expect.poll(async () => (await queues.of('warming').getJob('poison'))?.getState(), POLL).toBe('completed');
  expect(await failedOnTheBoard('warming')).toEqual([]);
  await fixed.close();
});

test('with the queue server down at the start, the board works once it is back', async () => {
  const late = await startTestApi({}, { prepare: ({ queue }) => queue.kill('SIGKILL') });
  await late.queue.restart();
  const status = async () =>
    (await late.fetch('/admin/queues/api/queues', { headers: asAdmin, signal: AbortSignal.timeout(2_000) })).status;
  await expect.poll(() => status().catch(() => 0), POLL).toBe(200);
  await late.stop();
});
