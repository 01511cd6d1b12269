import type { StatsQuery, TimelineInterval } from '@pilotlight/contracts';
import { TooManyBuckets } from '../errors.ts';
import { INTERVALS, type Interval } from './timeline-intervals.ts';
import { ZoneClock } from './zone-clock.ts';

/** A timeline whose interval is not asked for has at most this many buckets, and needs buckets of the files that are not wider. */
export const MAX_TIMELINE_BUCKETS = 60;
/** A timeline whose interval is asked for has at most this many buckets: the minutes of a day, the hours of two months. */
const MAX_ASKED_BUCKETS = 1_500;

export interface TimelineBounds {
  readonly interval: TimelineInterval;
  /** In ms, ascending: one more than buckets. */
  readonly bounds: readonly number[];
}

interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Returns the bounds of a timeline, as `LogStats` describes it. The first bucket contains `firstMs`, the last `lastMs`.
 *
 * @throws TooManyBuckets
 */
export function timelineBounds(
  { tz, interval: asked }: Pick<StatsQuery, 'tz' | 'interval'>,
  span: Span,
): TimelineBounds {
  const clock = new ZoneClock(tz);
  if (asked === undefined) return narrowest(clock, span, MAX_TIMELINE_BUCKETS);
  const interval = INTERVALS.find(({ name }) => name === asked);
  if (interval === undefined) throw new RangeError(`expected an interval of a timeline, got ${asked}`);
  const bounds = boundsOf(clock, interval, span, MAX_ASKED_BUCKETS);
  if (bounds !== null) return { interval: asked, bounds };
  throw tooManyBuckets(interval, span, narrowest(clock, span, MAX_ASKED_BUCKETS).interval);
}

function narrowest(clock: ZoneClock, span: Span, maxBuckets: number): TimelineBounds {
  for (const interval of INTERVALS) {
    const bounds = boundsOf(clock, interval, span, maxBuckets);
    if (bounds !== null) return { interval: interval.name, bounds };
  }
  throw new RangeError(`expected instants of the years 1 to 9999, got ${span.firstMs} to ${span.lastMs}`);
}

/** Returns null if the span needs more buckets than `maxBuckets`. */
function boundsOf(
  clock: ZoneClock,
  { maxMs, starts }: Interval,
  { firstMs, lastMs }: Span,
  maxBuckets: number,
): number[] | null {
  // A clock that is set back does not double the length of that many buckets.
  if ((lastMs - firstMs) / (2 * maxMs) > maxBuckets) return null;
  const following = starts(clock, firstMs);
  const bounds = [following.next().value];
  for (let end = following.next().value; bounds.length <= maxBuckets; end = following.next().value) {
    bounds.push(end);
    if (end > lastMs) return bounds;
  }
  return null;
}

function tooManyBuckets({ name, maxMs }: Interval, { firstMs, lastMs }: Span, wider: TimelineInterval): TooManyBuckets {
  const span = `${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`;
  const count = Math.floor((lastMs - firstMs) / maxMs) + 1;
  return new TooManyBuckets(
    `expected at most ${MAX_ASKED_BUCKETS} buckets, got about ${count} of ${name} from ${span}; use ${wider} or wider, or narrow from and to`,
  );
}
