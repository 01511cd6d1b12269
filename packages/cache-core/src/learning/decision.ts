import type { ResolvedLearning } from '../model/learning-options.ts';
import { type GammaPosterior, gammaQuantile80, meanRate, PRIOR_SHAPE } from './gamma-posterior.ts';
import type { Observations } from './observations.ts';
import { longestWithin, rateFor, staleShare } from './stale-share.ts';

/** The reason for the chosen time. `fixed`: no observations yet, so it is the policy's own time. */
export type BoundBy = 'fixed' | 'limit' | 'least' | 'most';

/** A learnt time and its reason. Rates are per hour. */
export interface Decision {
  /** With `advise` the decision is only reported, and the policy's own time is used. */
  readonly mode: 'advise' | 'on';
  readonly freshForMs: number;
  /** The policy's own time. */
  readonly fixedMs: number;
  readonly boundBy: BoundBy;
  /** The source of the observations: the key itself; without its own observations its kind, or its prefix; or none. */
  readonly from: 'key' | 'kind' | 'prefix' | 'nothing';
  readonly evidence: {
    /** The number of reloads whose answer was compared with the earlier one; older ones have less weight. */
    readonly observations: number;
    /** The number of reloads with a different answer. */
    readonly changes: number;
    /** The time between the compared loads. */
    readonly exposureMs: number;
  };
  readonly estimate: {
    readonly changesPerHour: number;
    /** The 80 % quantile: the true rate exceeds it once in five times. The decision depends on it. */
    readonly upperChangesPerHour: number;
    /** An upper bound; null if each answer counts as continuously read. */
    readonly readsPerHour: number | null;
    /** The share of reads that return stale data with the chosen time, at the upper rate. */
    readonly outdatedShare: number;
  };
  readonly why: string;
}

const HOUR_MS = 3_600_000;
/** More observations than three times the weight that the longest time needs change nothing. */
const MAX_EVIDENCE_FACTOR = 3;

/** Returns the weight of a prior for which this time is chosen without observations. */
export function priorFor(freshForMs: number, limit: number): number {
  return gammaQuantile80({ shape: PRIOR_SHAPE, weightMs: 1 }) / rateFor(freshForMs, limit);
}

/** Returns the maximum useful weight of observations. */
export function maxEvidenceMs({ betweenMs, outdatedShare }: ResolvedLearning): number {
  return MAX_EVIDENCE_FACTOR * priorFor(betweenMs[1], outdatedShare);
}

/** Returns the longest time, which causes the least load, that keeps the share of stale reads within its limit. */
export function decide(
  learning: ResolvedLearning,
  from: Decision['from'],
  evidence: Observations,
  posterior: GammaPosterior,
): Decision {
  const { mode, betweenMs, outdatedShare: limit, fixedMs } = learning;
  const upper = gammaQuantile80(posterior);
  const readRate = from === 'key' ? evidence.readRate : Number.POSITIVE_INFINITY;
  const freshForMs = from === 'nothing' ? fixedMs : longestWithin(limit, betweenMs, upper, readRate);
  const boundBy = from === 'nothing' ? 'fixed' : boundOf(freshForMs, betweenMs);
  const { observations, changes, exposureMs } = evidence;
  const decision = {
    ...{ mode, freshForMs, fixedMs, boundBy, from },
    evidence: { observations: rounded(observations), changes: rounded(changes), exposureMs: Math.round(exposureMs) },
    estimate: {
      changesPerHour: rounded(meanRate(posterior) * HOUR_MS),
      upperChangesPerHour: rounded(upper * HOUR_MS),
      readsPerHour: Number.isFinite(readRate) ? rounded(readRate * HOUR_MS) : null,
      outdatedShare: rounded(staleShare(freshForMs, upper, readRate)),
    },
  };
  return { ...decision, why: why(decision, limit) };
}

function boundOf(freshForMs: number, [least, most]: readonly [number, number]): BoundBy {
  if (freshForMs >= most) return 'most';
  return freshForMs <= least ? 'least' : 'limit';
}

const OF: Readonly<Record<Decision['from'], string>> = {
  key: 'of this key',
  kind: 'of other keys of this kind',
  prefix: 'of other keys of this prefix',
  nothing: 'of this prefix',
};

function why({ boundBy, from, evidence, estimate }: Omit<Decision, 'why'>, limit: number): string {
  if (boundBy === 'fixed') return 'no reload has been compared yet, so it is the fixed time';
  const { observations, changes } = evidence;
  const seen = `${changes} of ${observations} reloads ${OF[from]} differed, at most ${estimate.upperChangesPerHour} changes per hour`;
  const share = `${rounded(limit * 100)} % of stale reads`;
  if (boundBy === 'most') return `${seen}: the longest time allowed stays within ${share}`;
  if (boundBy === 'least') return `${seen}: even the shortest time allowed may come to more than ${share}`;
  return `${seen}: the longest time that stays within ${share}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
