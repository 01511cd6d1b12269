import type { CounterDelta } from './counter-store.ts';
import { latencyClass, latencyOfClass, type Percentiles, percentiles } from './latency-classes.ts';

/**
 * What an audit made of one entry that readers are served.
 *
 * - `agreed`: the origin's answer is the same.
 * - `time-outdated`: it differs in what may change without an event; the entry's times bound for how long.
 * - `lost`: an event outdates it whose invalidation did not reach the log, or the index.
 * - `unexplained`: it differs in what only events change, and none of them outdates it.
 * - `inconclusive`: nothing can be said: it was outdated meanwhile, or an event is being applied, or somebody is out of reach.
 * - `gone`: there was nothing to be served under the key.
 */
export type AuditVerdict = 'agreed' | 'time-outdated' | 'lost' | 'unexplained' | 'inconclusive' | 'gone';

/** One audit. `staleForMs`: for how long it may have differed, at most; null with nothing that differs. */
export interface Audited {
  readonly prefix: string;
  readonly verdict: AuditVerdict;
  readonly staleForMs: number | null;
}

/** How audits of one prefix came out, since the last reset. */
export interface FreshnessStats {
  /** Entries held against the origin: those that agreed, those that did not, and the inconclusive. */
  audited: number;
  agreed: number;
  mismatches: number;
  /** Of the mismatches: those that time bounds. */
  time_outdated: number;
  /** Of the mismatches: those that break the promise. */
  lost_invalidations: number;
  unexplained: number;
  inconclusive: number;
  /** Mismatches per hundred conclusive audits, two decimals; 0 with none. */
  mismatch_percent: number;
  /** For how long the mismatches may have been so, at most; exact to 25 %. Null with none. */
  staleness_ms: (Percentiles & { oldest: number }) | null;
}

/** What to add to the counts over all processes, by prefix. */
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
