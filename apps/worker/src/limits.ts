import type { QueueName } from '@pilotlight/contracts';

/** Jobs of each queue that one process works on at a time. */
export const CONCURRENCY = {
  // More do not increase the throughput. Two are for long files, so that a small file never waits for the end of a long one.
  ingest: 4,
  invalidation: 8,
  warming: 4,
  maintenance: 2,
} as const satisfies Record<QueueName, number>;

/** A file is long after about two seconds of reading; a long one may take minutes. */
export const LONG_READS = { max: 2, lines: 50_000, bytes: 16 * 1024 ** 2 } as const;
/** How long a long file is deferred if the maximum number of long files is being read. */
export const DEFER_MS = 5_000;

/**
 * A job whose worker has died is taken over within this time plus two checks. The lock is renewed at half of it, so a process that
 * is suspended for less than 2.5 s keeps its jobs.
 */
export const JOB_LOCK_MS = 5_000;
export const STALLED_CHECK_MS = 1_000;

/** The number of workers that may die at one job. Crashes and deployments do not explain more, so the job is the cause. */
export const MAX_CRASHES = 20;

/** How long after a lost connection a worker asks for jobs again; BullMQ's default is 15 s. */
export const RETRY_FETCH_MS = 1_000;

/**
 * Limits of the steps of a shutdown; their sum is below `SHUTDOWN_MS`. Schedules, relay and warming stop at the same time as the
 * workers begin to drain.
 */
export const INTAKE_MS = 2_500;
/** Active jobs may take this long to finish; then they are cancelled and return to their queue. */
export const DRAIN_MS = 3_000;
export const CANCEL_MS = 2_000;
/** A cancelled job that still runs after this time returns to its queue all the same. */
export const GIVE_BACK_MS = 500;
/** Bytes of invalidated entries that are not freed within this time are freed by expiry and eviction. */
export const RECLAIM_MS = 1_000;
export const FLUSH_MS = 1_000;
export const CLOSE_MS = 2_300;
export const SHUTDOWN_MS = 10_000;
