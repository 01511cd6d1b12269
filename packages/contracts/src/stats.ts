import { z } from 'zod';
import { instantSchema, type Level, levelsSchema, refuseBackwardRange, textSchema } from './fields.ts';
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

/**
 * A half-open range [from, to) of a timeline. It begins when the clock of the time zone shows a multiple of the interval: a full minute,
 * a midnight, the midnight of a Monday, the first of a month or of a year. If the clock skips that time, the bucket begins with the skip.
 * Buckets of up to an hour also end where the clock is changed, so an hour that the clock shows twice has its own buckets both times. A wider
 * bucket begins when the clock first shows its time, so a day has 23 to 25 hours where summer time begins and ends.
 */
export interface TimelineBucket {
  from: string;
  to: string;
  count: number;
  /** ERROR and FATAL records. */
  errors: number;
  /** Records by level, without the levels that have none. */
  levels: Partial<Record<Level, number>>;
}

/** The field `stats` of the answer of `GET /api/stats`. Counts are exact, except those of `top_sources`; `error_rate` is a share from 0 to 1. */
export interface LogStats {
  total_logs: number;
  by_level: Record<Level, number>;
  /** ERROR and FATAL records ÷ all records; 0 if there are no records. */
  error_rate: number;
  /** The 20 services with the most records. */
  by_service: { service: string; count: number; errors: number }[];
  /**
   * Adjacent buckets of one interval: as asked for, at most 1,500, or else the narrowest interval that needs at most 60 buckets. The
   * first contains the `from` of the query, or else the first record; the last contains the last record. Records without a timestamp
   * are left out.
   */
  timeline: TimelineBucket[];
  /** The interval of the timeline. Null if the timeline is empty and the query names none. */
  interval: TimelineInterval | null;
  /** The canonical name of the zone whose clock the buckets follow. */
  tz: string;
  /**
   * The 10 source addresses with the most records. Counts are exact if `total_logs` is below 100,000; else only the 1,000 most
   * frequent sources of each file may be counted.
   */
  top_sources: { source: string; count: number }[];
  /** No count of `top_sources` is too small by more than this, and no other source has more records. 0 if all counts are exact. */
  top_sources_error: number;
  /**
   * Over records that carry a response time; null if no record does. Percentiles are exact if `total_logs` is below 100,000, or else
   * within 1 % of the exact ones. `avg` is exact.
   */
  response_time_ms: { avg: number; p50: number; p95: number; p99: number } | null;
  /** First and last timestamp of the counted records; both null if no record has one. */
  time_range: { from: string | null; to: string | null };
  /** The number of visible files that contain the counted records. */
  files: number;
}
