import { type Duration, toMs } from './duration.ts';
import { InvalidArgument } from './errors.ts';
import { assertKnownOptions } from './known-options.ts';
import {
  type LearningMode,
  type LearningOptions,
  type ResolvedLearning,
  resolveLearning,
} from './learning/learning-options.ts';

/** How long an answer lives, and how its load is bounded. What is served when: docs/freshness.md. */
export interface Policy {
  /** Servable without asking the origin. Default 300 s. */
  readonly freshFor?: Duration;
  /** Whether that time is learnt from what changes: `off`, `advise`, `on`, or these with their bounds. Default `off`. */
  readonly learn?: LearningMode | LearningOptions;
  /** Servable after that, if need be. One duration is both kinds. Default: as long as `freshFor`, at most 5 min. */
  readonly staleFor?: Duration | StaleFor;
  /** How long `null` and `undefined` are fresh: answers that say there is nothing. Not kept past it. Default: as `freshFor`. */
  readonly negativeFor?: Duration;
  /** Up to this share of the time it is fresh is taken off at random, so that keys filled together don't expire together. Default 0.1. */
  readonly jitter?: number;
  /**
   * How eagerly a hit is reloaded ahead of its end, in the background: the β of XFetch (Vattani, Chierichetti, Lowenstein:
   * Optimal Probabilistic Cache Stampede Prevention, VLDB 2015). 0: never. Default 1.
   */
  readonly earlyRefresh?: number;
  /** A reader who waited this long for a reload gets the stale answer, if there is one; the load goes on. Default: waits. */
  readonly softTimeout?: Duration;
  /** A load that takes longer fails; its signal is aborted. Default 30 s. */
  readonly hardTimeout?: Duration;
  /** Which of the cache's origins the load asks; each has its own bounds. Default `default`. */
  readonly origin?: string;
}

/** The two kinds of staleness, each with its own time from `freshUntil` on. */
export interface StaleFor {
  /** Served at once while it is reloaded (stale-while-revalidate, RFC 5861). Default 0. */
  readonly whileRevalidate?: Duration;
  /** Served if the reload fails, or takes longer than `softTimeout` (stale-if-error, RFC 5861). Default 0. */
  readonly ifError?: Duration;
}

/** A policy with its defaults filled in and its times in milliseconds; null: not set. */
export interface ResolvedPolicy {
  readonly freshForMs: number;
  readonly learn: ResolvedLearning | null;
  readonly revalidateForMs: number;
  /** At least `revalidateForMs`. */
  readonly staleForMs: number;
  readonly negativeForMs: number | null;
  readonly jitter: number;
  readonly earlyRefresh: number;
  readonly softTimeoutMs: number | null;
  readonly hardTimeoutMs: number;
  readonly origin: string;
}

export const DEFAULT_EARLY_REFRESH = 1;
const DEFAULT_FRESH_MS = 300_000;
const DEFAULT_HARD_TIMEOUT_MS = 30_000;
const DEFAULT_ORIGIN = 'default';
const MOST_DEFAULT_STALE_MS = 300_000;
export const POLICY_OPTIONS = [
  'freshFor',
  'learn',
  'staleFor',
  'negativeFor',
  'jitter',
  'earlyRefresh',
  'softTimeout',
  'hardTimeout',
  'origin',
] as const satisfies (keyof Policy)[];

/** Throws `InvalidArgument` naming the option that can't be used. */
export function resolvePolicy(policy: Policy = {}): ResolvedPolicy {
  assertKnownOptions('policy', policy, POLICY_OPTIONS);
  const freshForMs = toMs('freshFor', policy.freshFor === undefined ? DEFAULT_FRESH_MS : policy.freshFor);
  const { origin = DEFAULT_ORIGIN } = policy;
  if (typeof origin !== 'string' || origin === '') throw new InvalidArgument('origin', 'the name of an origin', origin);
  return {
    freshForMs,
    learn: resolveLearning(policy.learn, freshForMs),
    ...staleTimes(policy.staleFor ?? Math.min(freshForMs, MOST_DEFAULT_STALE_MS)),
    negativeForMs: policy.negativeFor === undefined ? null : toMs('negativeFor', policy.negativeFor),
    jitter: numberWithin('jitter', policy.jitter ?? 0.1, 0.5),
    earlyRefresh: numberWithin('earlyRefresh', policy.earlyRefresh ?? DEFAULT_EARLY_REFRESH, 10),
    softTimeoutMs: policy.softTimeout === undefined ? null : toMs('softTimeout', policy.softTimeout),
    hardTimeoutMs: positive(
      'hardTimeout',
      toMs('hardTimeout', policy.hardTimeout === undefined ? DEFAULT_HARD_TIMEOUT_MS : policy.hardTimeout),
    ),
    origin,
  };
}

/** One duration, or both kinds apart. */
export function staleTimes(staleFor: Duration | StaleFor): { revalidateForMs: number; staleForMs: number } {
  if (typeof staleFor !== 'object') {
    const ms = toMs('staleFor', staleFor);
    return { revalidateForMs: ms, staleForMs: ms };
  }
  assertKnownOptions('staleFor', staleFor, ['whileRevalidate', 'ifError']);
  const revalidateForMs = toMs('staleFor.whileRevalidate', staleFor.whileRevalidate ?? 0);
  return { revalidateForMs, staleForMs: Math.max(revalidateForMs, toMs('staleFor.ifError', staleFor.ifError ?? 0)) };
}

function numberWithin(option: string, value: number, most: number): number {
  if (!(typeof value === 'number' && value >= 0 && value <= most))
    throw new InvalidArgument(option, `a number from 0 to ${most}`, value);
  return value;
}

function positive(option: string, ms: number): number {
  if (ms === 0) throw new InvalidArgument(option, 'more than 0 ms', ms);
  return ms;
}
