import { QUEUES, type QueueName } from '@pilotlight/contracts';
import type { Queues } from './queues.ts';

/**
 * How many jobs of each queue have failed for good. They stay (the last 2,000 of a queue) to be looked at and tried again
 * in Bull Board, so this is a gauge: it falls when one is tried again or removed.
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
