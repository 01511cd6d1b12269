import type { estypes } from '@elastic/elasticsearch';
import type { TimelineBucket } from '@pilotlight/contracts';
import { timelineBuckets } from '../timeline-buckets.ts';
import { type FoundLevel, LEVEL_COUNTS, toLevel } from './levels.ts';

/** The answer to `timelineAggregation`. */
export interface FoundTimeline {
  /** `from` is in ms since 1970. */
  buckets: { from: number; levels: { buckets: FoundLevel[] } }[];
}

/** Counts the dated records between bounds. */
export function timelineAggregation(bounds: readonly number[]): estypes.AggregationsAggregationContainer {
  const ranges = bounds.slice(0, -1).map((from, index) => ({ from, to: bounds[index + 1] ?? from }));
  return {
    date_range: { field: 'timestamp', format: 'epoch_millis', ranges },
    aggregations: { levels: LEVEL_COUNTS },
  };
}

export function toTimeline(bounds: readonly number[], { buckets }: FoundTimeline): TimelineBucket[] {
  const indices = new Map(bounds.map((bound, index) => [bound, index]));
  const counts = buckets.flatMap(({ from, levels }) => {
    const index = indices.get(from);
    if (index === undefined) throw new Error(`expected a bucket of the timeline, got one from ${from}`);
    return levels.buckets.map(({ key, doc_count }) => ({ index, level: toLevel(key), count: doc_count }));
  });
  return timelineBuckets(bounds, counts);
}
