import { randomUUID } from 'node:crypto';
import type { QueueName } from '@pilotlight/contracts';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { TestApi } from './test-api.ts';

/** Adds a job without a payload that fails for good with `reason`. Returns its id. */
export async function quarantineJob(api: TestApi, queue: QueueName, reason: string): Promise<string> {
  const id = randomUUID();
  await api.api.deps.queues.of(queue).add('warm-keys', {}, { jobId: id, attempts: 1 });
  const connection = new Redis(api.queue.url, { maxRetriesPerRequest: null });
  const worker = new Worker(queue, null, { connection });
  const job = await worker.getNextJob('a-test');
  if (job?.id !== id) throw new Error(`expected the job ${id}, got ${job?.id}`);
  await job.moveToFailed(new Error(reason), 'a-test');
  await worker.close();
  connection.disconnect();
  return id;
}
