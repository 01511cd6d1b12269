import { count } from '../../format/format.ts';
import type { Span } from '../../spans/spans.ts';
import type { EndpointStats } from './types.ts';

type Window = NonNullable<EndpointStats['windows']>['1m'];
/** The counts of one span. */
export type SpanCounts = Omit<Window, 'seconds'>;

/** Returns the counts of a span; null if they are unknown. */
export function countsIn(stats: EndpointStats, span: Span): SpanCounts | null {
  return span === 'all' ? stats : (stats.windows?.[span] ?? null);
}

/** How reads were answered. */
export interface Outcomes {
  readonly reads: number;
  /** The share of reads that a tier answered, in percent; null without such reads. */
  readonly share: number | null;
  /** The outcomes that occurred, with their place on a bar from 0 to 1. */
  readonly parts: readonly {
    readonly name: string;
    readonly series: string;
    readonly n: number;
    readonly from: number;
    readonly width: number;
  }[];
  /** Counts that are part of the outcomes, or of none. */
  readonly others: readonly { readonly name: string; readonly n: number }[];
}

export function outcomesOf(counts: SpanCounts): Outcomes {
  const { hits, stale, misses, bypasses, collapsed, failures, unverified } = counts;
  const all = [
    { name: 'hits', series: 'hit', n: hits },
    { name: 'stale', series: 'stale', n: stale },
    { name: 'misses', series: 'miss', n: misses },
    { name: 'past the cache', series: 'bypass', n: bypasses },
  ].filter(({ n }) => n > 0);
  const reads = hits + stale + misses + bypasses;
  const kept = hits + stale + misses;
  let from = 0;
  const parts = all.map((part) => {
    const width = part.n / reads;
    from += width;
    return { ...part, from: from - width, width };
  });
  const others = [
    { name: 'waited for the load of another', n: collapsed },
    { name: 'unverified', n: unverified },
    { name: 'failed', n: failures },
  ].filter(({ n }) => n > 0);
  return { reads, share: kept === 0 ? null : ((hits + stale) / kept) * 100, parts, others };
}

/** Returns what the auditor found for the endpoint. */
export function auditText({ freshness }: Pick<SpanCounts, 'freshness'>): string {
  if (freshness === undefined || freshness.audited === 0) return 'none yet';
  const { audited, mismatches, time_outdated: byTime, lost_invalidations: lost, unexplained } = freshness;
  if (mismatches === 0) return `${count(audited)}, none was stale`;
  const reasons = [
    byTime > 0 && `${count(byTime)} by a part that only time changes`,
    lost > 0 && `${count(lost)} by a lost invalidation`,
    unexplained > 0 && `${count(unexplained)} unexplained`,
  ].filter((reason) => reason !== false);
  return `${count(mismatches)} of ${count(audited)} differed${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`;
}
