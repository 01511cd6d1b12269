import type { CounterDelta } from '../ports/counter-store.ts';
import { latencyClass, latencyOfClass, type Percentiles, percentiles } from './latency-classes.ts';

/**
 * The result of the audit of one entry that readers are served.
 *
 * - `agreed`: the origin's answer is the same.
 * - `time-outdated`: the entry differs in a part that changes without an event. Its lifetime bounds for how long.
 * - `lost`: an event should have invalidated the entry, but the invalidation did not reach the log or the hit index.
 * - `unexplained`: the entry differs in a part that only events change, and no event invalidates it.
 * - `inconclusive`: the entry was invalidated meanwhile, an event is being applied, or a store is unreachable.
 * - `gone`: there was no entry to serve under the key.
 */
export type AuditVerdict = 'agreed' | 'time-outdated' | 'lost' | 'unexplained' | 'inconclusive' | 'gone';

/**
 * The result of one audit. `staleForMs` is the maximum time for which the entry may have differed; null if it does not
 * differ.
 */
export interface Audited {
  readonly prefix: string;
  readonly verdict: AuditVerdict;
  readonly staleForMs: number | null;
}

/** The results of the audits of one prefix since the last reset. */
export interface FreshnessStats {
  /** Entries compared with the origin: agreed, mismatched and inconclusive ones. */
  audited: number;
  agreed: number;
  mismatches: number;
  /** Mismatches whose duration is bounded by the lifetime of the entry. */
  time_outdated: number;
  /** Mismatches that break the cache's guarantee. */
  lost_invalidations: number;
  unexplained: number;
  inconclusive: number;
  /** Mismatches per hundred conclusive audits, with two decimals; 0 without conclusive audits. */
  mismatch_percent: number;
  /** Maximum time for which mismatches may have lasted, exact to 25 %; null without mismatches. */
  staleness_ms: (Percentiles & { oldest: number }) | null;
}

/** Returns the counts to add to the sums of all processes. */
export function countsOfAudits(audits: readonly Audited[]): CounterDelta {
  const delta: Record<string, number> = {};
  const add = (name: string) => {
    delta[name] = (delta[name] ?? 0) + 1;
  };
  for (const { prefix, verdict, staleForMs } of audits) {
    add(`${prefix}|audit.${verdict}`);
    if (staleForMs !== null) add(`${prefix}|${STALENESS}${latencyClass(staleForMs)}`);
  }
  return delta;
}

/** The names under which the classes of staleness are counted begin with this. */
const STALENESS = 'audit.stale@';

/** Returns the freshness of one prefix from its counts, or null if it was not audited. */
export function freshnessOf(counts: ReadonlyMap<string, number>): FreshnessStats | null {
  const of = (verdict: AuditVerdict) => counts.get(`audit.${verdict}`) ?? 0;
  const [agreed, inconclusive, time_outdated] = [of('agreed'), of('inconclusive'), of('time-outdated')];
  const [lost_invalidations, unexplained] = [of('lost'), of('unexplained')];
  const mismatches = time_outdated + lost_invalidations + unexplained;
  const conclusive = agreed + mismatches;
  if (conclusive + inconclusive === 0) return null;
  const mismatch_percent = conclusive === 0 ? 0 : Math.round((mismatches / conclusive) * 10_000) / 100;
  return {
    audited: conclusive + inconclusive,
    agreed,
    mismatches,
    time_outdated,
    lost_invalidations,
    unexplained,
    inconclusive,
    mismatch_percent,
    staleness_ms: stalenessOf(counts),
  };
}

function stalenessOf(counts: ReadonlyMap<string, number>): FreshnessStats['staleness_ms'] {
  const known = percentiles(counts, STALENESS);
  const classes = [...counts.keys()].filter((name) => name.startsWith(STALENESS));
  const oldest = Math.max(...classes.map((name) => Number(name.slice(STALENESS.length))));
  return known && { ...known, oldest: latencyOfClass(oldest) };
}
