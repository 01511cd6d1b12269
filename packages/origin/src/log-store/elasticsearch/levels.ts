import type { estypes } from '@elastic/elasticsearch';
import { LEVELS, type Level } from '@pilotlight/contracts';

/** The records of one level. */
export interface FoundLevel {
  key: string;
  doc_count: number;
}

/** Counts records by level. */
export const LEVEL_COUNTS: estypes.AggregationsAggregationContainer = {
  terms: { field: 'level', size: LEVELS.length },
};

export function toLevel(key: string): Level {
  const level = LEVELS.find((each) => each === key);
  if (level === undefined) throw new RangeError(`expected a level in Elasticsearch, got ${JSON.stringify(key)}`);
  return level;
}
