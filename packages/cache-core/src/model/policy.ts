import { type Duration, toMs } from './duration.ts';
import { InvalidArgument } from './errors.ts';
import { assertKnownOptions } from './known-options.ts';
import { type LearningMode, type LearningOptions, type ResolvedLearning, resolveLearning } from './learning-options.ts';

/** The lifetime of an answer and the bounds of its load. docs/freshness.md says which answer is served when. */
export interface Policy {
  /** How long the answer is served without asking the origin. Default 300 s. */
  readonly freshFor?: Duration;
  /**
   * Whether the cache learns that time from observed changes: `off`, `advise`, `on`, or one of these with bounds. Default
   * `off`.
   */
  readonly learn?: LearningMode | LearningOptions;
  /** How long a stale answer may be served after that. One duration sets both kinds. Defaults to `freshFor`, at most 5 min. */
  readonly staleFor?: Duration | StaleFor;
  /**
   * How long the negative answers `null` and `undefined` are fresh. With this option they are not served stale. Without it
   * they live like any answer.
   */
  readonly negativeFor?: Duration;
  /**
   * The maximum share of `freshFor` that is subtracted at random, so that keys filled together do not expire together: 0 to
   * 0.5. Default 0.1.
   */
  readonly jitter?: number;
  /**
   * How eagerly a hit is reloaded in the background before it expires: the β of XFetch (Vattani, Chierichetti, Lowenstein:
   * Optimal Probabilistic Cache Stampede Prevention, VLDB 2015), 0 to 10. 0 disables early refresh. Default 1.
   */
  readonly earlyRefresh?: number;
  /**
   * How long a reader waits for a reload before it gets the stale answer, if there is one. The load continues. By default
   * the reader waits for the load.
   */
  readonly softTimeout?: Duration;
  /** How long a load may take. A longer load fails and its signal is aborted. Default 30 s. */
  readonly hardTimeout?: Duration;
  /** The name of the origin that the load calls. Each origin has its own bounds. Default `default`. */
  readonly origin?: string;
}

/** The two kinds of staleness. Both times begin at `freshUntil`. */
export interface StaleFor {
  /** How long the stale answer is served at once while it is reloaded (stale-while-revalidate, RFC 5861). Default 0. */
  readonly whileRevalidate?: Duration;
  /**
   * How long the stale answer is served if the reload fails or takes longer than `softTimeout` (stale-if-error, RFC 5861).
   * Default 0.
   */
  readonly ifError?: Duration;
}

/** A policy with its defaults filled in and its times in milliseconds. Null means not set. */
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
/**
 * The largest negative logarithm of a number that `Math.random` returns (2^-53): a hit reloads an entry early only in its last
 * `MAX_EARLINESS` load times, times `earlyRefresh`.
 */
export const MAX_EARLINESS = 37;
const DEFAULT_FRESH_MS = 300_000;
const DEFAULT_HARD_TIMEOUT_MS = 30_000;
const DEFAULT_ORIGIN = 'default';
const MAX_DEFAULT_STALE_MS = 300_000;
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

/**
 * Returns a policy with its defaults filled in.
 *
 * @throws {InvalidArgument} naming the invalid option
 */
export function resolvePolicy(policy: Policy = {}): ResolvedPolicy {
  assertKnownOptions('policy', policy, POLICY_OPTIONS);
  const freshForMs = toMs('freshFor', policy.freshFor === undefined ? DEFAULT_FRESH_MS : policy.freshFor);
  const { origin = DEFAULT_ORIGIN } = policy;
  if (typeof origin !== 'string' || origin === '') throw new InvalidArgument('origin', 'the name of an origin', origin);
  return {
    freshForMs,
    learn: resolveLearning(policy.learn, freshForMs),
    ...staleTimes(policy.staleFor ?? Math.min(freshForMs, MAX_DEFAULT_STALE_MS)),
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

/** Returns both times of `staleFor` in milliseconds, whether it is one duration or has each kind separately. */
export function staleTimes(staleFor: Duration | StaleFor): { revalidateForMs: number; staleForMs: number } {
  if (typeof staleFor !== 'object') {
    const ms = toMs('staleFor', staleFor);
    return { revalidateForMs: ms, staleForMs: ms };
  }
  assertKnownOptions('staleFor', staleFor, ['whileRevalidate', 'ifError']);
  const revalidateForMs = toMs('staleFor.whileRevalidate', staleFor.whileRevalidate ?? 0);
  return { revalidateForMs, staleForMs: Math.max(revalidateForMs, toMs('staleFor.ifError', staleFor.ifError ?? 0)) };
}

function numberWithin(option: string, value: number, max: number): number {
  if (!(typeof value === 'number' && value >= 0 && value <= max))
    throw new InvalidArgument(option, `a number from 0 to ${max}`, value);
  return value;
}

function positive(option: string, ms: number): number {
  if (ms === 0) throw new InvalidArgument(option, 'a duration above 0 ms', ms);
  return ms;
}
