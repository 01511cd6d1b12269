import type { estypes } from '@elastic/elasticsearch';
import type { LogStats } from '@pilotlight/contracts';
import { EXACT_BELOW, PERCENTILES, toResponseTimes } from '../response-times.ts';
import { binRanges, percentilesOf } from '../time-bins.ts';

const TOP_SOURCES = 10;
/** Candidates per shard among many records. The counts are exact while an index has at most this number of distinct sources. */
const CANDIDATES = 10_000;
/** The server keeps the first 20 × compression times of a digest as they are, so the percentiles of fewer times are exact. */
const COMPRESSION = EXACT_BELOW / 20;

type Aggregation = estypes.AggregationsAggregationContainer;

/** The counted records, and the shortest and longest of their response times in ms. */
export interface CountedTimes {
  total: number;
  minMs: number | null;
  maxMs: number | null;
  averageMs: number | null;
}

/** The answers to `detailAggregations`. */
export interface FoundDetails {
  sources: { buckets: { key: string; doc_count: number }[]; doc_count_error_upper_bound: number };
  percentiles?: { values: Record<string, number | null> };
  bins?: { buckets: { key: string; doc_count: number }[] };
}

/** Counts sources and response times: exactly below `exactBelow` records. */
export function detailAggregations(
  { total, minMs, maxMs }: CountedTimes,
  exactBelow: number,
): Record<string, Aggregation> {
  const isExact = total < exactBelow;
  // With a candidate per record, no shard leaves out a source.
  // With exactly one candidate per record the server still states an error of one.
  const shardSize = isExact ? Math.max(total + 1, TOP_SOURCES) : CANDIDATES;
  const order: Record<string, 'asc' | 'desc'>[] = [{ _count: 'desc' }, { _key: 'asc' }];
  const sources: Aggregation = { terms: { field: 'source', size: TOP_SOURCES, shard_size: shardSize, order } };
  if (minMs === null || maxMs === null) return { sources };
  const field = 'response_time_ms';
  if (!isExact) {
    const ranges = binRanges(minMs, maxMs).map(({ bin, ...range }) => ({ key: String(bin), ...range }));
    return { sources, bins: { range: { field, ranges } } };
  }
  const percents = PERCENTILES.map(toPercent);
  return { sources, percentiles: { percentiles: { field, percents, tdigest: { compression: COMPRESSION } } } };
}

export function toDetails(
  { sources, percentiles, bins }: FoundDetails,
  { averageMs }: CountedTimes,
): Pick<LogStats, 'top_sources' | 'top_sources_error' | 'response_time_ms'> {
  const found = percentiles === undefined ? percentilesOfBins(bins) : valuesOf(percentiles);
  return {
    top_sources: sources.buckets.map(({ key, doc_count }) => ({ source: key, count: doc_count })),
    top_sources_error: sources.doc_count_error_upper_bound,
    response_time_ms: averageMs === null ? null : toResponseTimes(averageMs, found),
  };
}

function percentilesOfBins(bins: FoundDetails['bins']): number[] {
  const counted = (bins?.buckets ?? [])
    .filter(({ doc_count }) => doc_count > 0)
    .map(({ key, doc_count }) => ({ bin: Number(key), count: doc_count }))
    .sort((a, b) => a.bin - b.bin);
  return counted.length === 0 ? [] : percentilesOf(counted, PERCENTILES);
}

function valuesOf({ values }: NonNullable<FoundDetails['percentiles']>): number[] {
  return PERCENTILES.map((share) => {
    const value = values[toPercent(share).toFixed(1)];
    if (typeof value !== 'number') throw new Error(`expected percentile ${share}, got ${JSON.stringify(values)}`);
    return value;
  });
}

const toPercent = (share: number): number => Math.round(share * 100);
