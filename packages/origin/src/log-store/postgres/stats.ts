import type { Level, LogStats, StatsQuery } from '@pilotlight/contracts';
import type { Statements } from '../../postgres/until-aborted.ts';
import { type Conditions, toConditions } from './conditions.ts';
import { FIRST_ERROR_CODE, levelOfCode } from './level-codes.ts';

const TOP_SERVICES = 20;
const TOP_SOURCES = 10;
const MAX_BUCKETS = 60;

interface Summary {
  levels: { level: number; count: number }[] | null;
  services: LogStats['by_service'] | null;
  files: number;
  first: Date | null;
  last: Date | null;
  /** Whether any record has a source, and whether any has a response time. */
  is_sourced: boolean | null;
  is_timed: boolean | null;
}

/** Counts within one snapshot. One pass per grouping is faster than one pass with four groupings. */
export async function stats(statements: Statements, query: StatsQuery): Promise<LogStats> {
  const conditions = toConditions(query);
  const summary = await readSummary(statements, conditions);
  const counts = countLevels(summary.levels ?? []);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { first, last } = summary;
  return {
    total_logs: total,
    by_level: counts,
    error_rate: total === 0 ? 0 : (counts.ERROR + counts.FATAL) / total,
    by_service: summary.services ?? [],
    timeline: first === null || last === null ? [] : await readTimeline(statements, conditions, { first, last }),
    top_sources: summary.is_sourced === true ? await readSources(statements, conditions) : [],
    response_time_ms: summary.is_timed === true ? await readResponseTimes(statements, conditions) : null,
    time_range: { from: first?.toISOString() ?? null, to: last?.toISOString() ?? null },
    files: summary.files,
  };
}

/** Reads the totals in one pass over the records and several over its groups, for any number of services. */
async function readSummary(statements: Statements, { where, values }: Conditions): Promise<Summary> {
  const { rows } = await statements.query<Summary>(
    `WITH groups AS MATERIALIZED (
       SELECT file_id, service, level, count(*) AS count, min("timestamp") AS first, max("timestamp") AS last,
         count(source) > 0 AS is_sourced, count(response_time_ms) > 0 AS is_timed
       FROM log_lines WHERE ${where} GROUP BY file_id, service, level),
     levels AS (SELECT level, sum(count) AS count FROM groups GROUP BY level),
     services AS (
       SELECT service, sum(count) AS count, coalesce(sum(count) FILTER (WHERE level >= ${FIRST_ERROR_CODE}), 0) AS errors
       FROM groups WHERE service IS NOT NULL GROUP BY service
       ORDER BY count DESC, service COLLATE "C" LIMIT ${TOP_SERVICES})
     SELECT (SELECT json_agg(levels) FROM levels) AS levels, (SELECT json_agg(services) FROM services) AS services,
       count(DISTINCT file_id) AS files, min(first) AS first, max(last) AS last,
       bool_or(is_sourced) AS is_sourced, bool_or(is_timed) AS is_timed
     FROM groups`,
    values,
  );
  const [summary] = rows;
  if (summary === undefined) throw new Error('expected one row of totals, got none');
  return summary;
}

function countLevels(found: readonly { level: number; count: number }[]): Record<Level, number> {
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, NOTICE: 0, WARN: 0, ERROR: 0, FATAL: 0, UNKNOWN: 0 };
  for (const { level, count } of found) counts[levelOfCode(level)] = count;
  return counts;
}

interface Range {
  first: Date;
  last: Date;
}

/**
 * Reads buckets of a whole number of milliseconds. The last bucket contains the last record, so it may extend beyond
 * it.
 */
async function readTimeline(
  statements: Statements,
  { where, values }: Conditions,
  range: Range,
): Promise<LogStats['timeline']> {
  const firstMs = range.first.getTime();
  const spanMs = range.last.getTime() - firstMs + 1;
  const bucketMs = Math.ceil(spanMs / MAX_BUCKETS);
  const parameter = values.length + 1;
  const { rows } = await statements.query<{ bucket: Date; count: number; errors: number }>(
    `SELECT date_bin(make_interval(secs => $${parameter}::float8 / 1000), "timestamp", $${parameter + 1}::timestamptz) AS bucket,
       count(*) AS count, count(*) FILTER (WHERE level >= ${FIRST_ERROR_CODE}) AS errors
     FROM log_lines WHERE ${where} AND "timestamp" IS NOT NULL GROUP BY bucket`,
    [...values, bucketMs, range.first],
  );
  const found = new Map(rows.map((row) => [row.bucket.getTime(), row]));
  return Array.from({ length: Math.ceil(spanMs / bucketMs) }, (_, index) => {
    const fromMs = firstMs + index * bucketMs;
    const { count = 0, errors = 0 } = found.get(fromMs) ?? {};
    return { from: new Date(fromMs).toISOString(), to: new Date(fromMs + bucketMs).toISOString(), count, errors };
  });
}

async function readSources(statements: Statements, { where, values }: Conditions): Promise<LogStats['top_sources']> {
  const { rows } = await statements.query<LogStats['top_sources'][number]>(
    `SELECT source, count(*) AS count FROM log_lines WHERE ${where} AND source IS NOT NULL
     GROUP BY source ORDER BY count DESC, source COLLATE "C" LIMIT ${TOP_SOURCES}`,
    values,
  );
  return rows;
}

async function readResponseTimes(
  statements: Statements,
  { where, values }: Conditions,
): Promise<LogStats['response_time_ms']> {
  const { rows } = await statements.query<{ avg: number | null; percentiles: number[] | null }>(
    `SELECT avg(response_time_ms) AS avg,
       percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY response_time_ms) AS percentiles
     FROM log_lines WHERE ${where} AND response_time_ms IS NOT NULL`,
    values,
  );
  const { avg = null, percentiles = null } = rows[0] ?? {};
  if (avg === null || percentiles === null) return null;
  const [p50 = avg, p95 = avg, p99 = avg] = percentiles;
  return { avg, p50, p95, p99 };
}
