import { z } from 'zod';
import { auditFindingSchema } from './audit-finding.ts';
import { cacheStatsAnswerSchema } from './cache-stats.ts';
import { readyAnswerSchema } from './health.ts';
import { QUEUES } from './jobs.ts';
import { registeredProcessSchema } from './processes.ts';
import { quarantinedJobSchema } from './quarantine.ts';

const instant = z.iso.datetime();
const count = z.int().min(0);

/** The answer that saves most load time under one prefix, and what happens to it next. Its key and its input are not part of it. */
const upcomingSchema = z.strictObject({
  age_ms: z.number().min(0).nullable().describe('Since its load; null if no process can serve it.'),
  load_ms: z.number().min(0).describe('How long its last load took.'),
  fresh_for_ms: z
    .number()
    .min(0)
    .nullable()
    .describe('Until it is reloaded; 0 if the next read loads it. Null if a server is unreachable.'),
  loading: z.boolean().describe('Whether a process loads it now.'),
  last_invalidation: z
    .strictObject({ selector: z.string(), position: count })
    .nullable()
    .describe('The latest invalidation that matches it.'),
});

function keyed<const Name extends string, Schema>(names: readonly Name[], schema: Schema): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

const queueSchema = z.strictObject({
  waiting: count,
  active: count,
  delayed: count,
  failed: count.describe('Quarantined jobs.'),
  oldest_at: instant.nullable().describe('Since when the oldest waiting job has waited; null if none waits.'),
});

const failedFileSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().describe('The name under which the file was uploaded; it is data, never a path.'),
  reason: z.string(),
  uploaded_at: instant,
});

/** The sections that are read from the service, by name. */
const sampledSectionSchemas = {
  /** The readiness of the process that answers. */
  health: readyAnswerSchema,
  /** The counts of all processes. */
  cache: cacheStatsAnswerSchema.pick({ cache_stats: true, endpoints: true }),
  /** What happens next, by prefix. */
  upcoming: z.strictObject({
    log: z
      .strictObject({
        epoch: count,
        applied: z.number(),
        state: z.enum(['current', 'leaseExpired', 'disconnected']),
      })
      .describe('The invalidation log as the process that answers has applied it.'),
    prefixes: z.record(z.string(), upcomingSchema.nullable()).describe('Null for a prefix without demand.'),
  }),
  /** The built-in reader of `npm start` with sample logs, in the process that answers. */
  demo: z.strictObject({
    on: z.boolean().describe('Whether this process reads from itself while a console is open.'),
    reads: count.describe('The reads since it started.'),
  }),
  /** Every api and every worker, oldest first. */
  processes: z.strictObject({
    processes: z.array(registeredProcessSchema).nullable().describe('Null while the queue server is unreachable.'),
  }),
  /** Work that waits. */
  queues: z.strictObject({
    outbox: z
      .strictObject({ oldest_at: instant.nullable() })
      .nullable()
      .describe(
        'Since when the oldest event waits for its hand-over to the queues. Null while Postgres is unreachable.',
      ),
    queues: z
      .strictObject(keyed(QUEUES, queueSchema))
      .nullable()
      .describe('Null while the queue server is unreachable.'),
    quarantine: z
      .array(quarantinedJobSchema)
      .nullable()
      .describe('The latest jobs that failed for good, at most 20. Null while the queue server is unreachable.'),
    failed_files: z
      .array(failedFileSchema)
      .nullable()
      .describe('The latest files that could not be indexed, at most 10. Null while Postgres is unreachable.'),
  }),
  /** Stale answers that auditors found. */
  findings: z.strictObject({
    findings: z
      .array(auditFindingSchema)
      .nullable()
      .describe('The latest, at most 20, newest first. Null while the queue server is unreachable.'),
  }),
} as const;

/** The sections of the live state of the service, by name. Each is an event of `GET /api/live/events`. */
export const liveSectionSchemas = {
  ...sampledSectionSchemas,
  /** Which of the other sections are not current. */
  sampling: z.strictObject({
    failed: z
      .array(
        z.strictObject({
          section: z.enum(Object.keys(sampledSectionSchemas) as SampledSectionName[]),
          since: instant.describe('When its first sample in a row failed.'),
          reason: z.string(),
        }),
      )
      .describe('The sections whose latest sample failed. A stream sends no event of them until a sample succeeds.'),
  }),
} as const;
/** A section that is read from the service: each one except `sampling`. */
export type SampledSectionName = keyof typeof sampledSectionSchemas;
export type LiveSectionName = keyof typeof liveSectionSchemas;
export type LiveSection<Name extends LiveSectionName> = z.input<(typeof liveSectionSchemas)[Name]>;

const sampled = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject({ at: instant, data: schema }).nullable().describe('Null until its first sample, or if it failed.');

/** The answer of `GET /api/live`: the latest sample of each section. */
export const liveStateAnswerSchema = z.strictObject({
  success: z.literal(true),
  health: sampled(liveSectionSchemas.health),
  cache: sampled(liveSectionSchemas.cache),
  upcoming: sampled(liveSectionSchemas.upcoming),
  demo: sampled(liveSectionSchemas.demo),
  processes: sampled(liveSectionSchemas.processes),
  queues: sampled(liveSectionSchemas.queues),
  findings: sampled(liveSectionSchemas.findings),
  sampling: sampled(liveSectionSchemas.sampling),
});
export type LiveAnswer = z.input<typeof liveStateAnswerSchema>;
