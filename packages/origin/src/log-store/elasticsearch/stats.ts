import type { estypes } from '@elastic/elasticsearch';
import type { Level, LogStats, StatsQuery } from '@pilotlight/contracts';
import { EXACT_BELOW } from '../response-times.ts';
import { timelineBounds } from '../timeline-bounds.ts';
import { toConditions } from './conditions.ts';
import { type CountedTimes, detailAggregations, type FoundDetails, toDetails } from './details.ts';
import { type FoundLevel, LEVEL_COUNTS, toLevel } from './levels.ts';
import { type FoundTimeline, timelineAggregation, toTimeline } from './timeline.ts';
import type { VisibleSnapshot } from './visible-snapshot.ts';

const TOP_SERVICES = 20;
/** Candidates per shard. The list of services is exact while an index has at most this number of distinct services. */
const CANDIDATES = 10_000;
/** The number of distinct files is exact up to here, the server's maximum. */
const EXACT_FILES = 40_000;

const ERRORS = { filter: { terms: { level: ['ERROR', 'FATAL'] satisfies Level[] } } };

interface Totals {
  levels: { buckets: FoundLevel[] };
  services: { buckets: { key: string; doc_count: number; errors: { doc_count: number } }[] };
  files: { value: number };
  first: { value: number | null };
  last: { value: number | null };
  average: { value: number | null };
  shortest: { value: number | null };
  longest: { value: number | null };
}

/** The parts of stats that a second request reads, because they depend on the totals. */
type Parts = Pick<LogStats, 'timeline' | 'interval' | 'top_sources' | 'top_sources_error' | 'response_time_ms'>;

/** Counts within one snapshot. `exactBelow` is for tests. */
export async function stats(
  snapshot: VisibleSnapshot,
  query: StatsQuery,
  exactBelow: number = EXACT_BELOW,
): Promise<LogStats> {
  const totals = await readTotals(snapshot, query);
  const counts = countLevels(totals.levels.buckets);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    total_logs: total,
    by_level: counts,
    error_rate: total === 0 ? 0 : (counts.ERROR + counts.FATAL) / total,
    by_service: totals.services.buckets.map(({ key, doc_count, errors }) => ({
      service: key,
      count: doc_count,
      errors: errors.doc_count,
    })),
    ...(await readParts(snapshot, query, { totals, total, exactBelow })),
    tz: query.tz ?? 'UTC',
    time_range: { from: toInstant(totals.first.value), to: toInstant(totals.last.value) },
    files: totals.files.value,
  };
}

async function readTotals(snapshot: VisibleSnapshot, query: StatsQuery): Promise<Totals> {
  const services: estypes.AggregationsTermsAggregation = {
    field: 'service',
    size: TOP_SERVICES,
    shard_size: CANDIDATES,
    order: [{ _count: 'desc' }, { _key: 'asc' }],
  };
  return await aggregate<Totals>(snapshot, query, {
    levels: LEVEL_COUNTS,
    services: { terms: services, aggregations: { errors: ERRORS } },
    files: { cardinality: { field: 'file_id', precision_threshold: EXACT_FILES } },
    first: { min: { field: 'timestamp' } },
    last: { max: { field: 'timestamp' } },
    average: { avg: { field: 'response_time_ms' } },
    shortest: { min: { field: 'response_time_ms' } },
    longest: { max: { field: 'response_time_ms' } },
  });
}

async function readParts(
  snapshot: VisibleSnapshot,
  query: StatsQuery,
  { totals, total, exactBelow }: { totals: Totals; total: number; exactBelow: number },
): Promise<Parts> {
  const { first, last, average, shortest, longest } = totals;
  const times: CountedTimes = {
    total,
    minMs: shortest.value,
    maxMs: longest.value,
    averageMs: average.value,
  };
  const { bounds, interval } =
    first.value === null || last.value === null
      ? { bounds: [], interval: query.interval ?? null }
      : timelineBounds(query, { firstMs: fromOf(query) ?? first.value, lastMs: last.value });
  const found = await aggregate<FoundDetails & { timeline?: FoundTimeline }>(snapshot, query, {
    ...detailAggregations(times, exactBelow),
    ...(bounds.length > 0 && { timeline: timelineAggregation(bounds) }),
  });
  return { timeline: toTimeline(bounds, found.timeline ?? { buckets: [] }), interval, ...toDetails(found, times) };
}

async function aggregate<Found>(
  snapshot: VisibleSnapshot,
  query: StatsQuery,
  aggregations: Record<string, estypes.AggregationsAggregationContainer>,
): Promise<Found> {
  const answer = await snapshot.search<never, Found>({
    filter: toConditions(query),
    size: 0,
    track_total_hits: false,
    aggregations,
  });
  if (answer.aggregations === undefined) throw new Error('expected aggregations, got none');
  return answer.aggregations;
}

function countLevels(found: readonly FoundLevel[]): Record<Level, number> {
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, NOTICE: 0, WARN: 0, ERROR: 0, FATAL: 0, UNKNOWN: 0 };
  for (const { key, doc_count } of found) counts[toLevel(key)] = doc_count;
  return counts;
}

function fromOf({ from }: StatsQuery): number | null {
  return from === undefined ? null : Date.parse(from);
}

function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
