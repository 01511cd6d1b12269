import type { Clock } from '../clock.ts';
import { type Duration, toMs } from '../duration.ts';
import { InvalidArgument } from '../errors.ts';
import { assertKnownOptions } from '../known-options.ts';
import { Breaker, type BreakerState } from './breaker.ts';

/** How much one origin (a database, a search engine) is asked at a time, and when it is left alone. */
export interface OriginOptions {
  /** Calls at a time. Default 16. */
  readonly concurrency?: number;
  /** Calls that may wait for their turn; more are refused at once with `OriginOverloaded`. Default 1,000. */
  readonly maxWaiting?: number;
  /** A call that has waited so long for its turn is refused with `OriginOverloaded`. Default 10 s. */
  readonly waitAtMost?: Duration;
  /** So many failures in a row (10), and the origin is left alone for a while (5 s); then one call tries again. False: never. */
  readonly breaker?: false | { readonly failures?: number; readonly openFor?: Duration };
  /**
   * Whether an error is the origin's fault; one that is not counts as an answer. Timeouts are `LoadTimedOut`. Must not throw: if it does, the
   * call fails with what it threw, and that counts as the origin's fault. Default: every error is.
   */
  readonly isFailure?: (error: unknown) => boolean;
}

export interface OriginSurroundings {
  readonly clock: Clock;
  /** Must not throw. */
  readonly onStateChange?: (state: BreakerState) => void;
}

const OPTIONS = [
  'concurrency',
  'maxWaiting',
  'waitAtMost',
  'breaker',
  'isFailure',
] as const satisfies (keyof OriginOptions)[];

/** Options with their defaults filled in. */
export interface OriginSettings {
  readonly concurrency: number;
  readonly maxWaiting: number;
  readonly waitAtMostMs: number;
  readonly breaker: Breaker | null;
  readonly isFailure: (error: unknown) => boolean;
}

/** Throws `InvalidArgument` naming the option that can't be used. */
export function resolveOrigin(
  name: string,
  options: OriginOptions,
  { clock, onStateChange }: OriginSurroundings,
): OriginSettings {
  assertKnownOptions(`origin ${name}`, options, OPTIONS);
  const { isFailure = () => true } = options;
  const settings = {
    concurrency: atLeast(1, 'concurrency', options.concurrency ?? 16),
    maxWaiting: atLeast(0, 'maxWaiting', options.maxWaiting ?? 1_000),
    waitAtMostMs: toMs('waitAtMost', options.waitAtMost ?? '10s'),
    isFailure,
  };
  if (typeof isFailure !== 'function') throw new InvalidArgument('isFailure', 'a function', isFailure);
  return { ...settings, breaker: breakerOf(options.breaker ?? {}, clock, onStateChange) };
}

function breakerOf(
  options: NonNullable<OriginOptions['breaker']>,
  clock: Clock,
  onStateChange: OriginSurroundings['onStateChange'],
): Breaker | null {
  if (options === false) return null;
  assertKnownOptions('breaker', options, ['failures', 'openFor']);
  const failures = atLeast(1, 'breaker.failures', options.failures ?? 10);
  const openForMs = toMs('breaker.openFor', options.openFor ?? '5s');
  return new Breaker({ failures, openForMs, clock }, onStateChange);
}

function atLeast(least: number, option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgument(option, `a whole number from ${least}`, value);
}
