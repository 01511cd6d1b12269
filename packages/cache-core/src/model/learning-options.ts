import { type Duration, toMs } from './duration.ts';
import { InvalidArgument } from './errors.ts';
import { assertKnownOptions } from './known-options.ts';

/** `advise` computes and explains a time without using it. `on` uses it instead of `freshFor`. */
export type LearningMode = 'off' | 'advise' | 'on';

/** How the fresh time of answers is learnt from their changes: docs/freshness.md. */
export interface LearningOptions {
  /** Whether the time is learnt, only reported, or used. */
  readonly mode: LearningMode;
  /** The minimum and maximum of the chosen time. Defaults to a tenth of `freshFor`, and ten times `freshFor`. */
  readonly between?: readonly [least: Duration, most: Duration];
  /**
   * The maximum share of a key's reads that may return data that has changed without an invalidation: above 0, at most
   * 0.5. Defaults to 0.05.
   */
  readonly outdatedShare?: number;
  /** Members of an answer that differ from load to load without a meaning, such as a duration. Defaults to none. */
  readonly ignoring?: readonly string[];
}

/** The options with their defaults. */
export interface ResolvedLearning {
  readonly mode: 'advise' | 'on';
  readonly betweenMs: readonly [least: number, most: number];
  readonly outdatedShare: number;
  readonly ignoring: readonly string[];
  /** The policy's own time, which is used until there are observations. */
  readonly fixedMs: number;
}

const DEFAULT_SHARE = 0.05;
const MAX_STALE_SHARE = 0.5;
const MAX_IGNORED_MEMBERS = 20;
const DEFAULT_SPAN = 10;
const MAX_BOUND_MS = toMs('between', '366d');
const MODES: readonly LearningMode[] = ['off', 'advise', 'on'];

/**
 * Returns the options with their defaults filled in, or null if nothing is learnt.
 *
 * @throws InvalidArgument that names the invalid option
 */
export function resolveLearning(
  learn: LearningMode | LearningOptions | undefined,
  fixedMs: number,
): ResolvedLearning | null {
  if (learn === undefined || learn === 'off') return null;
  const options: LearningOptions = typeof learn === 'object' && learn !== null ? learn : { mode: learn ?? 'off' };
  assertKnownOptions('learn', options, ['mode', 'between', 'outdatedShare', 'ignoring']);
  const { mode, outdatedShare = DEFAULT_SHARE, ignoring = [] } = options;
  if (!MODES.includes(mode)) throw new InvalidArgument('learn.mode', "'off', 'advise' or 'on'", mode);
  if (!(typeof outdatedShare === 'number' && outdatedShare > 0 && outdatedShare <= MAX_STALE_SHARE))
    throw new InvalidArgument('learn.outdatedShare', `a number above 0, at most ${MAX_STALE_SHARE}`, outdatedShare);
  if (
    !Array.isArray(ignoring) ||
    ignoring.length > MAX_IGNORED_MEMBERS ||
    ignoring.some((name) => typeof name !== 'string')
  )
    throw new InvalidArgument('learn.ignoring', `at most ${MAX_IGNORED_MEMBERS} names of members`, ignoring);
  if (mode === 'off') return null;
  if (fixedMs === 0) throw new InvalidArgument('freshFor', 'more than 0 ms if the fresh time is learnt', fixedMs);
  return { mode, betweenMs: boundsMs(options.between, fixedMs), outdatedShare, ignoring, fixedMs };
}

function boundsMs(between: LearningOptions['between'], fixedMs: number): readonly [number, number] {
  if (between === undefined)
    return [Math.max(1, Math.round(fixedMs / DEFAULT_SPAN)), Math.min(MAX_BOUND_MS, fixedMs * DEFAULT_SPAN)];
  if (!Array.isArray(between) || between.length !== 2)
    throw new InvalidArgument('learn.between', 'two durations', between);
  const [least, most] = [toMs('learn.between', between[0]), toMs('learn.between', between[1])];
  if (least < 1 || least > fixedMs || most < fixedMs)
    throw new InvalidArgument(
      'learn.between',
      `a minimum above 0 and at most freshFor (${fixedMs} ms), then a maximum of at least freshFor`,
      between,
    );
  return [least, most];
}
