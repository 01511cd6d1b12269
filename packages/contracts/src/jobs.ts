import { z } from 'zod';
import { type DomainEventType, domainEventSchema } from './events.ts';

/** One queue per kind of work, so that a big upload never delays an invalidation. */
export const QUEUES = ['ingest', 'invalidation', 'warming', 'maintenance'] as const;
export type QueueName = (typeof QUEUES)[number];

interface JobSpec {
  readonly queue: QueueName;
  readonly schema: z.ZodType;
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Wait before the second try; it doubles from there. */
  readonly backoffMs: number;
}

/** Every job there is: where it runs, what it carries (parsed again by its consumer), and how often it is tried. */
export const JOBS = {
  /** Reads an uploaded file's chunks into the log store. */
  'ingest-file': { queue: 'ingest', schema: z.object({ event: domainEventSchema }), attempts: 5, backoffMs: 1_000 },
  /** Appends an event's invalidation (idempotent), reclaims the outdated keys and has them warmed. */
  'apply-event': {
    queue: 'invalidation',
    schema: z.object({ event: domainEventSchema }),
    // 32 s in all: doubling on, twenty tries would take days.
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
  /** Reloads the keys people ask for: those outdated by an invalidation, or those that expire soon. */
  'warm-keys': {
    queue: 'warming',
    schema: z.object({ reason: z.enum(['invalidated', 'scheduled']), prefixes: z.array(z.string()) }),
    attempts: 3,
    backoffMs: 500,
  },
  /** Holds a sample of what readers are served against the origin. With warming, so that no purge of a big file is before it. */
  'audit-freshness': { queue: 'warming', schema: z.object({}), attempts: 1, backoffMs: 1_000 },
  /** Removes settled events and uploaded bytes that nothing needs any more. */
  'sweep-outbox': { queue: 'maintenance', schema: z.object({}), attempts: 1, backoffMs: 1_000 },
} as const satisfies Record<string, JobSpec>;
export type JobName = keyof typeof JOBS;
export type JobData<Name extends JobName> = z.infer<(typeof JOBS)[Name]['schema']>;

/** The jobs an event leads to; it is settled once each of them has finished. */
export const JOBS_OF_EVENT = {
  'file.uploaded': ['apply-event', 'ingest-file'],
  'file.indexed': ['apply-event'],
  'file.failed': ['apply-event'],
  'file.deleted': ['apply-event', 'purge-file'],
} as const satisfies Record<DomainEventType, readonly JobName[]>;
