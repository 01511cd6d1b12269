import { QUEUES, type QueueName } from '@pilotlight/contracts';
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
