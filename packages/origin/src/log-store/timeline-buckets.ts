import { LEVELS, type Level, type TimelineBucket } from '@pilotlight/contracts';

/** The records of one level in one bucket. */
export interface LevelCount {
  /** Of the bucket, from 0. */
  readonly index: number;
  readonly level: Level;
  readonly count: number;
}

/** Returns the buckets between the bounds, with the counts that a store found in them. */
export function timelineBuckets(bounds: readonly number[], found: Iterable<LevelCount>): TimelineBucket[] {
  const counts = new Map<number, Map<Level, number>>();
  for (const { index, level, count } of found) {
    const levels = counts.get(index) ?? new Map<Level, number>();
    counts.set(index, levels.set(level, count));
  }
  return bounds.slice(0, -1).map((fromMs, index) => {
    const levels = counts.get(index) ?? new Map<Level, number>();
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(bounds[index + 1] ?? fromMs).toISOString(),
      count: [...levels.values()].reduce((sum, count) => sum + count, 0),
      errors: (levels.get('ERROR') ?? 0) + (levels.get('FATAL') ?? 0),
      levels: Object.fromEntries(
        LEVELS.filter((level) => levels.has(level)).map((level) => [level, levels.get(level)]),
      ),
    };
  });
}
