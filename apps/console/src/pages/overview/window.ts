import type { Section } from '../../live/types.ts';
import type { Span } from '../../spans/spans.ts';

type Endpoint = Section<'cache'>['endpoints'][string];
/** The counts of one endpoint over a span. */
export type Counts = Pick<
  Endpoint,
  'hits' | 'stale' | 'misses' | 'bypasses' | 'latency_ms' | 'load_ms_saved' | 'bytes_served'
>;

/** Returns the counts of an endpoint over a span; undefined if it has none. */
export function countsOf(endpoint: Endpoint | undefined, span: Span): Counts | undefined {
  return span === 'all' ? endpoint : endpoint?.windows?.[span];
}

/** Reads that a tier answered, all reads that may be cached, and the share in percent; null without reads. */
export interface Sums {
  readonly cached: number;
  readonly reads: number;
  readonly percent: number | null;
  readonly savedMs: number;
  readonly bytes: number;
}

export function sumsOf(all: readonly Counts[]): Sums {
  const sum = (of: (one: Counts) => number): number => all.reduce((total, one) => total + of(one), 0);
  const cached = sum(({ hits, stale }) => hits + stale);
  const reads = cached + sum(({ misses }) => misses);
  return {
    cached,
    reads,
    percent: reads === 0 ? null : (cached / reads) * 100,
    savedMs: sum((one) => one.load_ms_saved),
    bytes: sum((one) => one.bytes_served),
  };
}
