import type { estypes } from '@elastic/elasticsearch';
import { LEVELS, type Level, type LogStats, type StatsQuery } from '@pilotlight/contracts';
import { timelineBounds } from '../timeline-bounds.ts';
import { timelineBuckets } from '../timeline-buckets.ts';
import { toConditions } from './conditions.ts';
import type { VisibleSnapshot } from './visible-snapshot.ts';

const TOP_SERVICES = 20;
const TOP_SOURCES = 10;
/** Candidates per shard. The top lists are exact while an index has at most this number of distinct values. */
const CANDIDATES = 10_000;
/** The number of distinct files is exact up to here, the server's maximum. */
const EXACT_FILES = 40_000;
/** Exact for small sets; the error grows towards the median and stays below 1 % of the rank. */
const COMPRESSION = 1_000;
const PERCENTS = [50, 95, 99];

const LEVEL = { terms: { field: 'level', size: LEVELS.length } };
const ERRORS = { filter: { terms: { level: ['ERROR', 'FATAL'] satisfies Level[] } } };

interface Bucket {
  key: string;
  doc_count: number;
  errors: { doc_count: number };
}

interface BucketOfTime {
  /** Ms since 1970. */
  from: number;
  levels: { buckets: Omit<Bucket, 'errors'>[] };
}

interface Totals {
  levels: { buckets: Omit<Bucket, 'errors'>[] };
  services: { buckets: Bucket[] };
  sources: { buckets: Omit<Bucket, 'errors'>[]; doc_count_error_upper_bound: number };
  files: { value: number };
  first: { value: number | null };
  last: { value: number | null };
  average: { value: number | null };
  percentiles: { values: Record<string, number | null> };
}

/** Counts within one snapshot. */
export async function stats(snapshot: VisibleSnapshot, query: StatsQuery): Promise<LogStats> {
  const filter = toConditions(query);
  const totals = await readTotals(snapshot, filter);
  const counts = countLevels(totals.levels.buckets);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const first = totals.first.value;
  const last = totals.last.value;
  return {
    total_logs: total,
    by_level: counts,
    error_rate: total === 0 ? 0 : (counts.ERROR + counts.FATAL) / total,
    by_service: totals.services.buckets.map(({ key, doc_count, errors }) => ({
      service: key,
      count: doc_count,
      errors: errors.doc_count,
    })),
    ...(first === null || last === null
      ? { timeline: [], interval: query.interval ?? null }
      : await readTimeline(snapshot, query, { firstMs: fromOf(query) ?? first, lastMs: last })),
    tz: query.tz ?? 'UTC',
    top_sources: totals.sources.buckets.map(({ key, doc_count }) => ({ source: key, count: doc_count })),
    top_sources_error: totals.sources.doc_count_error_upper_bound,
    response_time_ms: toResponseTimes(totals),
    time_range: { from: toInstant(first), to: toInstant(last) },
    files: totals.files.value,
  };
}

async function readTotals(snapshot: VisibleSnapshot, filter: estypes.QueryDslQueryContainer[]): Promise<Totals> {
  const { aggregations } = await snapshot.search<never, Totals>({
    filter,
    size: 0,
    track_total_hits: false,
    aggregations: {
      levels: LEVEL,
      services: { ...top('service', TOP_SERVICES), aggregations: { errors: ERRORS } },
      sources: top('source', TOP_SOURCES),
      files: { cardinality: { field: 'file_id', precision_threshold: EXACT_FILES } },
      first: { min: { field: 'timestamp' } },
      last: { max: { field: 'timestamp' } },
      average: { avg: { field: 'response_time_ms' } },
      percentiles: {
        percentiles: { field: 'response_time_ms', percents: PERCENTS, tdigest: { compression: COMPRESSION } },
      },
    },
  });
  if (aggregations === undefined) throw new Error('expected aggregations, got none');
  return aggregations;
}

function top(field: string, size: number): estypes.AggregationsAggregationContainer {
  return { terms: { field, size, shard_size: CANDIDATES, order: [{ _count: 'desc' }, { _key: 'asc' }] } };
}

function countLevels(found: readonly { key: string; doc_count: number }[]): Record<Level, number> {
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, NOTICE: 0, WARN: 0, ERROR: 0, FATAL: 0, UNKNOWN: 0 };
  for (const { key, doc_count } of found) counts[toLevel(key)] = doc_count;
  return counts;
}

function toLevel(key: string): Level {
  const level = LEVELS.find((each) => each === key);
  if (level === undefined) throw new RangeError(`expected a level in Elasticsearch, got ${JSON.stringify(key)}`);
  return level;
}

/** Counts the dated records in buckets. */
async function readTimeline(
  snapshot: VisibleSnapshot,
  query: StatsQuery,
  span: { firstMs: number; lastMs: number },
): Promise<Pick<LogStats, 'timeline' | 'interval'>> {
  const { bounds, interval } = timelineBounds(query, span);
  const ranges = bounds.slice(0, -1).map((from, index) => ({ from, to: bounds[index + 1] ?? from }));
  const { aggregations } = await snapshot.search<never, { timeline: { buckets: BucketOfTime[] } }>({
    filter: toConditions(query),
    size: 0,
    track_total_hits: false,
    aggregations: {
      timeline: { date_range: { field: 'timestamp', format: 'epoch_millis', ranges }, aggregations: { levels: LEVEL } },
    },
  });
  const indices = new Map(bounds.map((bound, index) => [bound, index]));
  const counts = (aggregations?.timeline.buckets ?? []).flatMap(({ from, levels }) => {
    const index = indices.get(from);
    if (index === undefined) throw new Error(`expected a bucket of the timeline, got one from ${from}`);
    return levels.buckets.map(({ key, doc_count }) => ({ index, level: toLevel(key), count: doc_count }));
  });
  return { timeline: timelineBuckets(bounds, counts), interval };
}

function toResponseTimes({ average, percentiles }: Totals): LogStats['response_time_ms'] {
  const avg = average.value;
  if (avg === null) return null;
  const [p50, p95, p99] = PERCENTS.map((percent) => percentiles.values[percent.toFixed(1)] ?? avg);
  return { avg, p50: p50 ?? avg, p95: p95 ?? avg, p99: p99 ?? avg };
}

function fromOf({ from }: StatsQuery): number | null {
  return from === undefined ? null : Date.parse(from);
}

function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
