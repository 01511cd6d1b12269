import { z } from 'zod';
import { instantSchema, LEVELS, levelsSchema, refuseBackwardRange, textSchema } from './fields.ts';
import { timeZoneSchema } from './time-zone.ts';

/** The lengths of a timeline's buckets, from narrow to wide: `m` is a minute, `M` a month. */
export const TIMELINE_INTERVALS = [
  ...(['1s', '5s', '10s', '30s', '1m', '5m', '10m', '30m', '1h', '3h', '12h'] as const),
  ...(['1d', '1w', '1M', '1y', '10y', '100y', '1000y'] as const),
] as const;
export type TimelineInterval = (typeof TIMELINE_INTERVALS)[number];

/**
 * `GET /api/stats`: the half-open time range [from, to), levels, one service and one file to narrow to; the interval of the timeline
 * and the time zone whose clock its buckets follow.
 */
export const statsQuerySchema = z
  .strictObject({
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    level: levelsSchema.optional(),
    service: textSchema(1, 200).optional(),
    file_id: z.uuid().optional(),
    /** Defaults to the narrowest interval that needs at most 60 buckets. */
    interval: z.enum(TIMELINE_INTERVALS).optional(),
    /** Defaults to UTC. */
    tz: timeZoneSchema.optional(),
  })
  .superRefine(refuseBackwardRange);
export type StatsQuery = z.infer<typeof statsQuerySchema>;

const count = z.int().min(0);
const instant = z.iso.datetime();

/**
 * A half-open range [from, to) of a timeline. It begins when the clock of the time zone shows a multiple of the interval: a full minute,
 * a midnight, the midnight of a Monday, the first of a month or of a year. If the clock skips that time, the bucket begins with the skip.
 * Buckets of up to an hour also end where the clock is changed, so an hour that the clock shows twice has its own buckets both times. A wider
 * bucket begins when the clock first shows its time, so a day has 23 to 25 hours where summer time begins and ends.
 */
const timelineBucketSchema = z.strictObject({
  from: instant,
  to: instant,
  count,
  errors: count.describe('ERROR and FATAL records.'),
  levels: z.partialRecord(z.enum(LEVELS), count).describe('Records by level, without the levels that have none.'),
});
export type TimelineBucket = z.infer<typeof timelineBucketSchema>;

/** The field `stats` of the answer of `GET /api/stats`. Counts are exact, except those of `top_sources`. */
const logStatsSchema = z.strictObject({
  total_logs: count,
  by_level: z.record(z.enum(LEVELS), count),
  error_rate: z.number().min(0).max(1).describe('ERROR and FATAL records ÷ all records; 0 if there are no records.'),
  by_service: z
    .array(z.strictObject({ service: z.string(), count, errors: count }))
    .max(20)
    .describe('The 20 services with the most records.'),
  timeline: z
    .array(timelineBucketSchema)
    .max(1_500)
    .describe(
      'Adjacent buckets of one interval: as asked for, at most 1,500, or else the narrowest interval that needs at most 60 buckets. The first contains the `from` of the query, or else the first record; the last contains the last record. Records without a timestamp are left out.',
    ),
  interval: z
    .enum(TIMELINE_INTERVALS)
    .nullable()
    .describe('The interval of the timeline. Null if the timeline is empty and the query names none.'),
  tz: z.string().describe('The canonical name of the zone whose clock the buckets follow.'),
  top_sources: z
    .array(z.strictObject({ source: z.string(), count }))
    .max(10)
    .describe(
      'The 10 source addresses with the most records. Counts are exact if `total_logs` is below 100,000; else only the 1,000 most frequent sources of each file may be counted.',
    ),
  top_sources_error: count.describe(
    'No count of `top_sources` is too small by more than this, and no other source has more records. 0 if all counts are exact.',
  ),
  response_time_ms: z
    .strictObject({ avg: z.number(), p50: z.number(), p95: z.number(), p99: z.number() })
    .nullable()
    .describe(
      'Over records that carry a response time; null if no record does. Percentiles are exact if `total_logs` is below 100,000, or else within 1 % of the exact ones. `avg` is exact.',
    ),
  time_range: z
    .strictObject({ from: instant.nullable(), to: instant.nullable() })
    .describe('First and last timestamp of the counted records; both null if no record has one.'),
  files: count.describe('The number of visible files that contain the counted records.'),
});
export type LogStats = z.infer<typeof logStatsSchema>;

/** The answer of `GET /api/stats`. */
export const statsAnswerSchema = z.strictObject({ success: z.literal(true), stats: logStatsSchema });
