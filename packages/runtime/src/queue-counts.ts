import type { QueueName } from '@pilotlight/contracts';
import type { Queues } from './queues.ts';

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** The jobs of one queue. */
export interface QueueCounts {
  /** By state; failed ones are quarantined. */
  readonly counts: Readonly<Record<(typeof STATES)[number], number>>;
  /** How long the oldest waiting job has waited, in ms; 0 if none waits. */
  readonly oldestMs: number;
}

/** Counts the jobs of one queue. Needs two round trips at the same time. */
export async function countsOf({ of }: Pick<Queues, 'of'>, name: QueueName): Promise<QueueCounts> {
  const queue = of(name);
  const [counted, [oldest]] = await Promise.all([queue.getJobCounts(...STATES), queue.getWaiting(0, 0)]);
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counted;
  return {
    counts: { waiting, active, delayed, failed },
    oldestMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.timestamp),
  };
}
