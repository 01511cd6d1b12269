import { z } from 'zod';
import { instantSchema, type Level, refuseBackwardRange, textSchema } from './fields.ts';

/** `GET /api/stats`: the half-open time range [from, to) and one service to narrow to. */
export const statsQuerySchema = z
  .strictObject({
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    service: textSchema(1, 200).optional(),
  })
  .superRefine(refuseBackwardRange);
export type StatsQuery = z.infer<typeof statsQuerySchema>;

/** The field `stats` of the answer of `GET /api/stats`. Counts are exact; `error_rate` is a share from 0 to 1. */
export interface LogStats {
  total_logs: number;
  by_level: Record<Level, number>;
  /** ERROR and FATAL records ÷ all records; 0 if there are no records. */
  error_rate: number;
  /** The 20 services with the most records. */
  by_service: { service: string; count: number; errors: number }[];
  /** At most 60 equal buckets over the records' own time range; records without a timestamp are left out. */
  timeline: { from: string; to: string; count: number; errors: number }[];
  /** The 10 source addresses with the most records. */
  top_sources: { source: string; count: number }[];
  /** Over records that carry a response time; null if no record does. */
  response_time_ms: { avg: number; p50: number; p95: number; p99: number } | null;
  /** First and last timestamp of the counted records; both null if no record has one. */
  time_range: { from: string | null; to: string | null };
  /** The number of visible files that contain the counted records. */
  files: number;
}
