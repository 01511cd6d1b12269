import { type GammaPosterior, gammaQuantile80, meanRate, PRIOR_SHAPE } from './gamma-posterior.ts';
import type { ResolvedLearning } from './learning-options.ts';
import type { Observations } from './observations.ts';
import { longestWithin, rateFor, staleShare } from './stale-share.ts';

/** What decided a choice. `fixed`: nothing is known yet, so it is the policy's own time. */
export type BoundBy = 'fixed' | 'limit' | 'least' | 'most';

/** A time that was learnt, and why it is that. Rates are per hour. */
export interface Decision {
  /** `advise`: it is told only, and the policy's own time holds. */
  readonly mode: 'advise' | 'on';
  readonly freshForMs: number;
  /** The policy's own time. */
  readonly fixedMs: number;
  readonly boundBy: BoundBy;
  /** Whose changes were seen: the key's own; while nothing is known of it those of its kind, or its prefix; or none. */
  readonly from: 'key' | 'kind' | 'prefix' | 'nothing';
  readonly evidence: {
    /** Reloads whose answer was compared with the one before; older ones count for less. */
    readonly observations: number;
    /** Those that gave another answer. */
    readonly changes: number;
    /** The time between the loads that were compared. */
    readonly exposureMs: number;
  };
  readonly estimate: {
    readonly changesPerHour: number;
    /** It is held to be above this once in five times. The choice rests on it. */
    readonly upperChangesPerHour: number;
    /** At most; null: so many that each answer is taken to be read all the time. */
    readonly readsPerHour: number | null;
    /** The share of reads that are given something outdated at the time chosen, if the rate is the upper one. */
    readonly outdatedShare: number;
  };
  readonly why: string;
}

const HOUR_MS = 3_600_000;
/** More evidence than three times what the longest time needs changes nothing. */
const MAX_EVIDENCE_FACTOR = 3;

/** What a prior has to weigh so that, without evidence, this time is chosen. */
export function priorFor(freshForMs: number, limit: number): number {
  return gammaQuantile80({ shape: PRIOR_SHAPE, weightMs: 1 }) / rateFor(freshForMs, limit);
}

/** The most evidence that is worth keeping. */
export function maxEvidenceMs({ betweenMs, outdatedShare }: ResolvedLearning): number {
  return MAX_EVIDENCE_FACTOR * priorFor(betweenMs[1], outdatedShare);
}

/** The longest time, so the least load, that keeps the share of outdated reads within its limit. */
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
  const share = `${rounded(limit * 100)} % of reads outdated`;
  if (boundBy === 'most') return `${seen}: the longest time allowed stays within ${share}`;
  if (boundBy === 'least') return `${seen}: even the shortest time allowed may come to more than ${share}`;
  return `${seen}: the longest time that stays within ${share}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
