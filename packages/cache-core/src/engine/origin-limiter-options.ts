import type { Clock } from '../model/clock.ts';
import { type Duration, toMs } from '../model/duration.ts';
import { InvalidArgument } from '../model/errors.ts';
import { assertKnownOptions } from '../model/known-options.ts';
import { Breaker, type BreakerState } from './breaker.ts';

/** The limits of one origin (a database, a search engine), and when its circuit breaker opens. */
export interface OriginLimiterOptions {
  /** Calls that may run at the same time. Default 16. */
  readonly concurrency?: number;
  /** Calls that may wait for a permit; further calls are refused at once with `OriginOverloaded`. Default 1,000. */
  readonly maxWaiting?: number;
  /** A call that waits longer than this for a permit is refused with `OriginOverloaded`. Default 10 s. */
  readonly waitAtMost?: Duration;
  /**
   * A call whose expected wait is longer than this is refused at once with `OriginOverloaded`. The expected wait follows from the
   * durations of the last calls: waiting calls × mean duration / `concurrency`. Four calls per permit may wait in any case, and
   * twelve during the first 500 ms in which calls wait without a pause. Before the first call has ended, no more may wait. A load that
   * another load waits for is not refused for this reason. Defaults to no limit.
   */
  readonly maxExpectedWait?: Duration;
  /**
   * Circuit breaker: after `failures` failures in a row (10) it refuses calls for `openFor` (5 s) with `OriginCircuitOpen`, then lets
   * one probe through. `false` turns it off.
   */
  readonly breaker?: false | { readonly failures?: number; readonly openFor?: Duration };
  /**
   * Returns whether an error is a failure of the origin; any other error counts as an answer. Timeouts are `LoadTimedOut`. Must not
   * throw: if it does, the call rejects with the thrown error, which counts as a failure. Default: every error is a failure.
   */
  readonly isFailure?: (error: unknown) => boolean;
}

export interface OriginLimiterContext {
  readonly clock: Clock;
  /** Must not throw. */
  readonly onStateChange?: (state: BreakerState) => void;
}

const OPTIONS = [
  'concurrency',
  'maxWaiting',
  'waitAtMost',
  'maxExpectedWait',
  'breaker',
  'isFailure',
] as const satisfies (keyof OriginLimiterOptions)[];

/** `OriginLimiterOptions` with defaults. */
export interface OriginLimiterSettings {
  readonly concurrency: number;
  readonly maxWaiting: number;
  readonly waitAtMostMs: number;
  /** Null if the expected wait has no limit. */
  readonly maxExpectedWaitMs: number | null;
  readonly breaker: Breaker | null;
  readonly isFailure: (error: unknown) => boolean;
}

/** @throws InvalidArgument that names the invalid option */
export function resolveOriginLimiter(
  name: string,
  options: OriginLimiterOptions,
  { clock, onStateChange }: OriginLimiterContext,
): OriginLimiterSettings {
  assertKnownOptions(`origin ${name}`, options, OPTIONS);
  const { isFailure = () => true, maxExpectedWait } = options;
  const settings = {
    concurrency: atLeast(1, 'concurrency', options.concurrency ?? 16),
    maxWaiting: atLeast(0, 'maxWaiting', options.maxWaiting ?? 1_000),
    waitAtMostMs: toMs('waitAtMost', options.waitAtMost ?? '10s'),
    maxExpectedWaitMs: maxExpectedWait === undefined ? null : toMs('maxExpectedWait', maxExpectedWait),
    isFailure,
  };
  if (typeof isFailure !== 'function') throw new InvalidArgument('isFailure', 'a function', isFailure);
  return { ...settings, breaker: breakerOf(options.breaker ?? {}, clock, onStateChange) };
}

function breakerOf(
  options: NonNullable<OriginLimiterOptions['breaker']>,
  clock: Clock,
  onStateChange: OriginLimiterContext['onStateChange'],
): Breaker | null {
  if (options === false) return null;
  assertKnownOptions('breaker', options, ['failures', 'openFor']);
  const failures = atLeast(1, 'breaker.failures', options.failures ?? 10);
  const openForMs = toMs('breaker.openFor', options.openFor ?? '5s');
  return new Breaker({ failures, openForMs, clock }, onStateChange);
}

function atLeast(min: number, option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new InvalidArgument(option, `a whole number from ${min}`, value);
}
