import type { QueueName } from '@pilotlight/contracts';

/** Jobs of each queue that one process works on at a time. */
export const CONCURRENCY = {
  // More add no speed. Two are for long files, so that a small one never waits for the end of a long one.
  ingest: 4,
  invalidation: 8,
  warming: 4,
  maintenance: 2,
} as const satisfies Record<QueueName, number>;

/** A file is long after about two seconds of reading; a long one may take minutes. */
export const LONG_READS = { max: 2, lines: 50_000, bytes: 16 * 1024 ** 2 } as const;
/** A long file for which there was no place is tried again so much later. */
export const DEFER_MS = 5_000;

/**
 * A job whose worker has died is taken over at most this long plus two checks later. Renewed at half time, so a process
 * that stands still for less than 2.5 s keeps its jobs.
 */
export const JOB_LOCK_MS = 5_000;
export const STALLED_CHECK_MS = 1_000;

/** Workers that may die at one job. Far more than crashes and deployments explain: then it is the job. */
export const MAX_CRASHES = 20;

/** After a lost connection a worker asks for jobs again so soon; BullMQ's default is 15 s. */
export const RETRY_FETCH_MS = 1_000;

/**
 * Limits of the steps of a shutdown. Schedules, relay and warming stop while the workers drain, which has begun with them.
 * Together with the rest they stay below `SHUTDOWN_MS`.
 */
export const INTAKE_MS = 2_500;
/** Jobs under way get this long to finish, then they are cancelled and go back to their queue. */
export const DRAIN_MS = 3_000;
export const CANCEL_MS = 2_000;
/** A cancelled job that is still running after this long goes back to its queue without waiting for it. */
export const GIVE_BACK_MS = 500;
/** Then outdated bytes are left to time and eviction. */
export const RECLAIM_MS = 1_000;
export const FLUSH_MS = 1_000;
export const CLOSE_MS = 2_300;
export const SHUTDOWN_MS = 10_000;
