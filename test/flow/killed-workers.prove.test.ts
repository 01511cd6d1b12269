import { randomUUID } from 'node:crypto';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { JOB_LOCK_MS, STALLED_CHECK_MS } from '../../apps/worker/src/limits.ts';
import { connectProducer, createLogger, openQueues, type Queues } from '../../packages/runtime/src/index.ts';
import { SystemProcess } from '../harness/system-process.ts';

// Worker processes with the real settings, killed in turn while each holds a job of every queue.
const JOBS = ['ingest-file', 'apply-event', 'warm-keys', 'purge-file'] as const;

let redis: RunningRedis;
let queues: Queues;
const processes: SystemProcess[] = [];

beforeAll(async () => {
  redis = await startRedis({ role: 'queue' });
  const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
  const connection = connectProducer(redis.url, logger);
  await vi.waitUntil(() => connection.status === 'ready', { timeout: 30_000 });
  queues = openQueues(connection, logger);
});
afterAll(async () => {
  await Promise.all(processes.filter((one) => !one.hasEnded).map((one) => one.kill('SIGKILL')));
  await queues?.close();
  await redis?.stop();
});

async function startWorker(hold: '0' | '1'): Promise<SystemProcess> {
  const env = { PATH: process.env['PATH'], REDIS_QUEUE_URL: redis.url, HOLD: hold };
  const worker = new SystemProcess(`worker ${processes.length + 1}`, 'test/harness/holding-worker.ts', env);
  processes.push(worker);
  await worker.waitForLog(/^Worker ready$/);
  return worker;
}

const takesAll = (worker: SystemProcess, word: 'holding' | 'done') =>
  Promise.all(JOBS.map((job) => worker.waitForLog(new RegExp(`^${word} ${job}$`))));

test('of five workers killed at one job per queue, the next one takes it over and completes it', async () => {
  const event = {
    id: randomUUID(),
    type: 'file.uploaded',
    version: 1,
    at: new Date(0).toISOString(),
    fileId: randomUUID(),
  } as const;
  let worker = await startWorker('1');
  for (const job of ['ingest-file', 'apply-event', 'purge-file'] as const) await queues.add(job, { event });
  await queues.add('warm-keys', { reason: 'invalidated', prefixes: ['files'] });
  await takesAll(worker, 'holding');
  const tookMs: number[] = [];
  for (let kills = 1; kills <= 5; kills++) {
    const next = await startWorker(kills === 5 ? '0' : '1');
    const killedAt = performance.now();
    await worker.kill('SIGKILL');
    await takesAll(next, kills === 5 ? 'done' : 'holding');
    tookMs.push(Math.round(performance.now() - killedAt));
    worker = next;
  }
  // A dead worker's lock expires and a check finds it: the settings guarantee this time on any machine.
  expect(JOB_LOCK_MS + 2 * STALLED_CHECK_MS).toBeLessThan(10_000);
  if (process.env['SHOW_FIGURES']) process.stdout.write(`taken over after ${tookMs.join(', ')} ms\n`);
  for (const { queue, done } of await finished()) expect({ queue, done }).toEqual({ queue, done: 1 });
});

async function finished(): Promise<{ queue: string; done: number }[]> {
  return await Promise.all(
    queues.all.map(async (queue) => {
      await expect.poll(() => queue.getActiveCount(), { timeout: 60_000 }).toBe(0);
      return { queue: queue.name, done: await queue.getCompletedCount() };
    }),
  );
}
