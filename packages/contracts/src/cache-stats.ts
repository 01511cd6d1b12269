import { z } from 'zod';

const count = z.int().min(0);
const percent = z.number().min(0).max(100);
const percentilesShape = { p50: z.number(), p95: z.number(), p99: z.number() };
const percentiles = z.strictObject(percentilesShape).nullable();

const ms = z.number().min(0);

/** Advice about the fresh time of a prefix, from the changes that its reloads found. */
const learnedSchema = z.strictObject({
  over: z.literal('this process'),
  mode: z.enum(['advise', 'on']),
  fresh_ms: z.strictObject({
    fixed: ms,
    allowed: z.tuple([ms, ms]).readonly(),
    new_key: ms,
    known_keys: z.strictObject({ least: ms, median: ms, most: ms }).nullable(),
  }),
  kinds: z.record(z.string(), z.strictObject({ fresh_ms: ms, why: z.string() })),
  outdated_share_limit: z.number(),
  keys_known: count,
  evidence: z.strictObject({
    observations: z.number(),
    changes: z.number(),
    exposure_ms: z.number(),
    announced: z.number(),
  }),
  changes_per_hour: z.strictObject({ mean: z.number(), upper: z.number() }),
  why: z.string(),
});

/** Counts of the reads of one prefix. */
const readStatsSchema = z.strictObject({
  hits: count,
  stale: count,
  misses: count,
  bypasses: count,
  failures: count.describe('Reads that got no answer; they are in no other count.'),
  collapsed: count,
  unverified: count,
  hit_rate_percent: percent,
  latency_ms: z.strictObject({ hit: percentiles, miss: percentiles }).describe('Exact to 25 %.'),
  load_ms_saved: z.number().min(0).describe('The sum of the load times of the answers that a tier served.'),
  bytes_served: count,
  freshness: z
    .strictObject({
      audited: count,
      agreed: count,
      mismatches: count,
      time_outdated: count,
      lost_invalidations: count,
      unexplained: count,
      inconclusive: count,
      mismatch_percent: percent,
      staleness_ms: z.strictObject({ ...percentilesShape, oldest: z.number() }).nullable(),
    })
    .optional()
    .describe('The results of audits, if entries of this prefix were audited.'),
});

/** The fresh time of an endpoint's next answer, and its reason. */
const freshTimeSchema = z.strictObject({
  fresh_ms: ms.describe('The time in force, in the process that answers.'),
  chosen_by: z.enum(['route', 'learned']),
  advised_ms: ms
    .nullable()
    .describe('The time that the observed changes suggest; null if this process learned nothing.'),
  why: z.string(),
});
export type FreshTime = z.infer<typeof freshTimeSchema>;

const windowSchema = readStatsSchema.extend({
  seconds: count.describe(
    'The length of the window: its whole minutes and the present one, but not before the last reset.',
  ),
});

const endpointStatsSchema = readStatsSchema.extend({
  since: z.iso.datetime().optional().describe('The first count after the last reset.'),
  windows: z
    .strictObject({ '1m': windowSchema, '15m': windowSchema, '60m': windowSchema })
    .optional()
    .describe('The last 1, 15 and 60 minutes. Missing if the store of the counts is unreachable.'),
  fresh: freshTimeSchema.optional().describe('Missing for a prefix without a route.'),
  learned: learnedSchema.optional().describe('What the cache learnt about the times of this prefix.'),
});

/** The answer of `GET /api/cache/stats`. */
export const cacheStatsAnswerSchema = z.strictObject({
  success: z.literal(true),
  cache_stats: z.strictObject({ hits: count, misses: count, total_requests: count, hit_rate_percent: percent }),
  redis_info: z
    .strictObject({
      total_connections_received: count.nullable(),
      total_commands_processed: count.nullable(),
      keyspace_hits: count.nullable(),
      keyspace_misses: count.nullable(),
      redis_hit_rate_percent: percent.nullable(),
      used_memory_human: z.string().nullable(),
    })
    .describe('Statistics of the cache server; each null if it is unreachable.'),
  endpoints: z.record(z.string(), endpointStatsSchema).describe('Counts by prefix since the last reset.'),
});
