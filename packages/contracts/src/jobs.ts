import { z } from 'zod';
import { type DomainEventType, domainEventSchema } from './events.ts';
import { retentionRulesSchema } from './retention.ts';
import { traceContextSchema } from './trace-context.ts';

/** One queue per kind of work, so that a big upload never delays an invalidation. */
export const QUEUES = ['ingest', 'invalidation', 'warming', 'maintenance'] as const;
export type QueueName = (typeof QUEUES)[number];

interface JobSpec {
  readonly queue: QueueName;
  readonly schema: z.ZodType;
  /** The number of tries, including the first. */
  readonly attempts: number;
  /** The pause before the second try, in ms; it doubles with each further try. */
  readonly backoffMs: number;
}

/** The catalogue of jobs: the queue, the payload (parsed again by the consumer) and the number of tries. */
export const JOBS = {
  /** Reads an uploaded file's chunks into the log store. */
  'ingest-file': { queue: 'ingest', schema: z.object({ event: domainEventSchema }), attempts: 5, backoffMs: 1_000 },
  /** Appends an event's invalidation (idempotent), frees the invalidated keys and requests that they are warmed. */
  'apply-event': {
    queue: 'invalidation',
    schema: z.object({ event: domainEventSchema }),
    // 32 s in total; with twenty tries the doubling pauses would take days.
    attempts: 8,
    backoffMs: 250,
  },
  /** Removes the lines and chunks of a deleted file. */
  'purge-file': {
    queue: 'maintenance',
    schema: z.object({ event: domainEventSchema }),
    attempts: 8,
    backoffMs: 1_000,
  },
  /** Reloads hot keys: those that an invalidation hit, or those that expire soon. */
  'warm-keys': {
    queue: 'warming',
    schema: z.object({
      reason: z.enum(['invalidated', 'scheduled']),
      prefixes: z.array(z.string()),
      trace: traceContextSchema.optional().catch(undefined),
    }),
    attempts: 3,
    backoffMs: 500,
  },
  /**
   * Compares a sample of the served entries with the origin. Shares the queue of warming, so that it does not wait for the
   * purge of a large file.
   */
  'audit-freshness': { queue: 'warming', schema: z.object({}), attempts: 1, backoffMs: 1_000 },
  /** Removes settled events, and uploaded bytes that no process needs. */
  'sweep-outbox': { queue: 'maintenance', schema: z.object({}), attempts: 1, backoffMs: 1_000 },
  /** Deletes the files that the rules no longer keep. The schedule holds the rules, so every worker applies the same. */
  'apply-retention': { queue: 'maintenance', schema: retentionRulesSchema, attempts: 1, backoffMs: 1_000 },
} as const satisfies Record<string, JobSpec>;
export type JobName = keyof typeof JOBS;
export type JobData<Name extends JobName> = z.infer<(typeof JOBS)[Name]['schema']>;

/** The jobs of each event; an event is settled once all its jobs have finished. */
export const JOBS_OF_EVENT = {
  'file.uploaded': ['apply-event', 'ingest-file'],
  'file.indexed': ['apply-event'],
  'file.failed': ['apply-event'],
  'file.deleted': ['apply-event', 'purge-file'],
  'file.changed': ['apply-event'],
} as const satisfies Record<DomainEventType, readonly JobName[]>;
