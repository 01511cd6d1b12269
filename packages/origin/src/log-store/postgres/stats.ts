import { LEVELS, type Level, type LogStats, type StatsQuery } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { type Conditions, toConditions } from './conditions.ts';
import { FIRST_ERROR_CODE, levelOfCode } from './level-codes.ts';

const TOP_SERVICES = 20;
const TOP_SOURCES = 10;
const MOST_BUCKETS = 60;

/** Records of one file, service and level. */
interface Group {
  file_id: string;
  service: string | null;
  level: number;
  count: number;
  /** Those with a source, and those with a response time. */
  sourced: number;
  timed: number;
  first: Date | null;
  last: Date | null;
}

/** Counts within one snapshot: a pass for each grouping, which is faster than one that groups four ways. */
export async function stats(client: PoolClient, query: StatsQuery): Promise<LogStats> {
  const conditions = toConditions(query);
  const groups = await readGroups(client, conditions);
  const range = rangeOf(groups);
  const total = sum(groups, 'count');
  const errors = sum(groups.filter(isError), 'count');
  return {
    total_logs: total,
    by_level: countLevels(groups),
    error_rate: total === 0 ? 0 : errors / total,
    by_service: countServices(groups),
    timeline: range === null ? [] : await readTimeline(client, conditions, range),
    top_sources: sum(groups, 'sourced') === 0 ? [] : await readSources(client, conditions),
    response_time_ms: sum(groups, 'timed') === 0 ? null : await readResponseTimes(client, conditions),
    time_range: { from: range?.first.toISOString() ?? null, to: range?.last.toISOString() ?? null },
    files: new Set(groups.map((group) => group.file_id)).size,
  };
}

async function readGroups(client: PoolClient, { where, values }: Conditions): Promise<Group[]> {
  const { rows } = await client.query<Group>(
    `SELECT file_id, service, level, count(*) AS count, count(source) AS sourced, count(response_time_ms) AS timed,
       min("timestamp") AS first, max("timestamp") AS last
     FROM log_lines WHERE ${where} GROUP BY file_id, service, level`,
    values,
  );
  return rows;
}

function countLevels(groups: readonly Group[]): Record<Level, number> {
  const counts = new Map<Level, number>(LEVELS.map((level) => [level, 0]));
  for (const { level, count } of groups) {
    const name = levelOfCode(level);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries(counts) as Record<Level, number>;
}

function countServices(groups: readonly Group[]): LogStats['by_service'] {
  const services = new Map<string, { service: string; count: number; errors: number }>();
  for (const group of groups) {
    if (group.service === null) continue;
    const service = services.get(group.service) ?? { service: group.service, count: 0, errors: 0 };
    service.count += group.count;
    if (isError(group)) service.errors += group.count;
    services.set(group.service, service);
  }
  return [...services.values()]
    .sort((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1))
    .slice(0, TOP_SERVICES);
}

interface Range {
  first: Date;
  last: Date;
}

function rangeOf(groups: readonly Group[]): Range | null {
  const firsts = groups.flatMap(({ first }) => first?.getTime() ?? []);
  const lasts = groups.flatMap(({ last }) => last?.getTime() ?? []);
  if (firsts.length === 0) return null;
  const earliest = (a: number, b: number): number => Math.min(a, b);
  const latest = (a: number, b: number): number => Math.max(a, b);
  return { first: new Date(firsts.reduce(earliest)), last: new Date(lasts.reduce(latest)) };
}

/** Buckets of a whole number of milliseconds; the last one holds the last record, so it may reach beyond it. */
async function readTimeline(
  client: PoolClient,
  { where, values }: Conditions,
  range: Range,
): Promise<LogStats['timeline']> {
  const firstMs = range.first.getTime();
  const spanMs = range.last.getTime() - firstMs + 1;
  const bucketMs = Math.ceil(spanMs / MOST_BUCKETS);
  const parameter = values.length + 1;
  const { rows } = await client.query<{ bucket: Date; count: number; errors: number }>(
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

async function readSources(client: PoolClient, { where, values }: Conditions): Promise<LogStats['top_sources']> {
  const { rows } = await client.query<LogStats['top_sources'][number]>(
    `SELECT source, count(*) AS count FROM log_lines WHERE ${where} AND source IS NOT NULL
     GROUP BY source ORDER BY count DESC, source COLLATE "C" LIMIT ${TOP_SOURCES}`,
    values,
  );
  return rows;
}

async function readResponseTimes(
  client: PoolClient,
  { where, values }: Conditions,
): Promise<LogStats['response_time_ms']> {
  const { rows } = await client.query<{ avg: number | null; percentiles: number[] | null }>(
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

function isError({ level }: Group): boolean {
  return level >= FIRST_ERROR_CODE;
}

function sum(groups: readonly Group[], of: 'count' | 'sourced' | 'timed'): number {
  return groups.reduce((total, group) => total + group[of], 0);
}
