import { z } from 'zod';
import { instantSchema, type Level, levelsSchema, refuseBackwardRange, textSchema } from './fields.ts';

/** `GET /api/stats`: the half-open time range [from, to), levels, one service and one file to narrow to. */
export const statsQuerySchema = z
  .strictObject({
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    level: levelsSchema.optional(),
    service: textSchema(1, 200).optional(),
    file_id: z.uuid().optional(),
  })
  .superRefine(refuseBackwardRange);
export type StatsQuery = z.infer<typeof statsQuerySchema>;

/** The field `stats` of the answer of `GET /api/stats`. Counts are exact, except those of `top_sources`; `error_rate` is a share from 0 to 1. */
export interface LogStats {
  total_logs: number;
  by_level: Record<Level, number>;
  /** ERROR and FATAL records ÷ all records; 0 if there are no records. */
  error_rate: number;
  /** The 20 services with the most records. */
  by_service: { service: string; count: number; errors: number }[];
  /**
   * At most 60 adjacent buckets, as narrow as possible: 1, 5, 10, 30 s, 1, 5, 10, 30 min, 1, 3, 12 h, a day, a week from Monday, a
   * month, or 1, 10, 100, 1,000 years, each from a full unit in UTC. The first contains the `from` of the query, or else the first
   * record; the last contains the last record. Records without a timestamp are left out.
   */
  timeline: { from: string; to: string; count: number; errors: number }[];
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
