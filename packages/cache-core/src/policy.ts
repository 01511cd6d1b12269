import { type Duration, toMs } from './duration.ts';
import { InvalidArgument } from './errors.ts';

/** How long an answer lives, and how its load is bounded. */
export interface Policy {
  /** Servable without asking the origin. Default 300 s. */
  readonly freshFor?: Duration;
  /** After that: servable while it is reloaded, or while the origin fails. Default: as long as `freshFor`, at most 5 min. */
  readonly staleFor?: Duration;
  /** Up to this share of `freshFor` is taken off at random, so that keys filled together don't expire together. Default 0.1. */
  readonly jitter?: number;
  /** A load that takes longer fails; its signal is aborted. Default 30 s. */
  readonly loadTimeout?: Duration;
}

export interface ResolvedPolicy {
  readonly freshForMs: number;
  readonly staleForMs: number;
  readonly jitter: number;
  readonly loadTimeoutMs: number;
}

export function resolvePolicy(policy: Policy = {}): ResolvedPolicy {
  const freshForMs = toMs('freshFor', policy.freshFor ?? '300s');
  const jitter = policy.jitter ?? 0.1;
  if (!(jitter >= 0 && jitter <= 0.5)) throw new InvalidArgument('jitter', 'a share from 0 to 0.5', jitter);
  return {
    freshForMs,
    staleForMs: policy.staleFor === undefined ? Math.min(freshForMs, 300_000) : toMs('staleFor', policy.staleFor),
    jitter,
    loadTimeoutMs: toMs('loadTimeout', policy.loadTimeout ?? '30s'),
  };
}
