import type { Section } from '../../live/types.ts';

type Endpoints = Section<'cache'>['endpoints'];

/** The audits of all prefixes together. */
export interface AuditSums {
  readonly audited: number;
  readonly stale: number;
  /** Answers with an older part that only time changes, within their lifetime. */
  readonly byTime: number;
}

export function auditsOf(endpoints: Endpoints): AuditSums {
  const all = Object.values(endpoints).flatMap(({ freshness }) => (freshness ? [freshness] : []));
  const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    audited: sum(({ audited }) => audited),
    stale: sum((one) => one.lost_invalidations + one.unexplained),
    byTime: sum((one) => one.time_outdated),
  };
}
