import { MAX_REASON_CHARACTERS, QUEUES, type QuarantinedJob, type QueueName } from '@pilotlight/contracts';
import type { Queues } from './queues.ts';

/**
 * Returns the number of jobs per queue that failed for good. The last 2,000 per queue are kept for inspection and retries in Bull
 * Board, so the number is a gauge: it falls when a job is retried or removed.
 */
export async function countQuarantined(queues: Pick<Queues, 'of'>): Promise<Record<QueueName, number>> {
  const counts: Record<QueueName, number> = { ingest: 0, invalidation: 0, warming: 0, maintenance: 0 };
  await Promise.all(
    QUEUES.map(async (name) => {
      counts[name] = await queues.of(name).getFailedCount();
    }),
  );
  return counts;
}

/** The field in which BullMQ counts the workers that died while they ran a job. A retry by BullMQ keeps it. */
const CRASHES_FIELD = 'stc';

/** Returns the jobs of one queue that failed last, newest first. */
export async function listQuarantined(
  { of }: Pick<Queues, 'of'>,
  queue: QueueName,
  limit: number,
): Promise<readonly QuarantinedJob[]> {
  const jobs = await of(queue).getFailed(0, limit - 1);
  return jobs.map(({ id, name, failedReason, finishedOn, timestamp, attemptsMade }) => ({
    queue,
    id: id ?? '',
    name,
    reason: (failedReason ?? '').slice(0, MAX_REASON_CHARACTERS),
    failed_at: new Date(finishedOn ?? timestamp).toISOString(),
    tries: attemptsMade,
  }));
}

/**
 * Puts a quarantined job back into its queue, with all of its tries. Returns its name, or null if the queue has no quarantined job
 * with this id.
 */
export async function retryQuarantined(
  { of, connection }: Pick<Queues, 'of' | 'connection'>,
  queue: QueueName,
  id: string,
): Promise<string | null> {
  const job = await of(queue).getJob(id);
  if (job === undefined || !(await job.isFailed())) return null;
  await connection.hdel(of(queue).toKey(id), CRASHES_FIELD);
  try {
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
  } catch (error) {
    // Another request, or the queue board, has retried or removed it meanwhile.
    if (!(await job.isFailed())) return null;
    throw error;
  }
  return job.name;
}
