import type { QueueName } from '@pilotlight/contracts';

/** Jobs of each queue that one process works on at a time. */
export const CONCURRENCY = {
  // The second adds no speed; it keeps a small file from waiting behind a big one.
  ingest: 2,
  invalidation: 8,
  warming: 4,
  maintenance: 2,
} as const satisfies Record<QueueName, number>;

/**
 * A job whose worker has died is taken over at most this long plus two checks later. Renewed at half time, so a process
 * that stands still for less than 2.5 s keeps its jobs.
 */
export const JOB_LOCK_MS = 5_000;
export const STALLED_CHECK_MS = 1_000;

/** Workers that may die at one job. Far more than crashes and deployments explain: then it is the job. */
export const MOST_CRASHES = 20;

/** After a lost connection a worker asks for jobs again so soon; BullMQ's default is 15 s. */
export const RETRY_FETCH_MS = 1_000;

/** How long a job waits for a dependency that is out of reach: longer each time, up to the last. */
export const FIRST_POSTPONE_MS = 250;
export const LONGEST_POSTPONE_MS = 5_000;

/** Jobs under way get this long to finish at shutdown, then they are cancelled and go back to their queue. */
export const DRAIN_MS = 3_000;
export const CANCEL_MS = 2_500;
/** Then outdated bytes are left to time and eviction. */
export const RECLAIM_MS = 1_000;
export const SHUTDOWN_MS = 10_000;
