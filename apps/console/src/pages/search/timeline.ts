import { type Bucket, LEVELS, type Level } from './search-types.ts';

/** Buckets `[start, end)` that are chosen on the timeline. */
export interface Choice {
  readonly start: number;
  readonly end: number;
}

/** A part of a bar, in the units of the scale. */
interface Segment {
  readonly level: Level;
  readonly from: number;
  readonly count: number;
}

/** Returns the parts of the bar of a bucket from its foot, without the levels that are not shown. */
export function segmentsOf({ levels }: Pick<Bucket, 'levels'>, shown: readonly Level[]): Segment[] {
  let from = 0;
  return LEVELS.flatMap((level) => {
    const count = isShown(level, shown) ? (levels[level] ?? 0) : 0;
    if (count === 0) return [];
    from += count;
    return [{ level, from: from - count, count }];
  });
}

/** Returns the number of lines of a bucket in the levels that are shown. */
export function countOf(bucket: Pick<Bucket, 'levels'>, shown: readonly Level[]): number {
  return segmentsOf(bucket, shown).reduce((sum, { count }) => sum + count, 0);
}

/** No level that is chosen: all are shown. */
export function isShown(level: Level, shown: readonly Level[]): boolean {
  return shown.length === 0 || shown.includes(level);
}

/** Returns the top of a scale with round numbers that has room for a count. */
export function topOf(max: number): number {
  if (max <= 4) return Math.max(2, max % 2 === 0 ? max : max + 1);
  const decade = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * decade).find((top) => top >= max) ?? max;
}

/** Returns the buckets between two places of the timeline, each a share of its width from 0 to 1, in any order. */
export function choiceBetween(one: number, other: number, buckets: number): Choice {
  const [low, high] = one < other ? [one, other] : [other, one];
  const start = Math.min(buckets - 1, Math.max(0, Math.floor(low * buckets)));
  return { start, end: Math.min(buckets, Math.max(start + 1, Math.ceil(high * buckets))) };
}

export type Handle = 'start' | 'end';

/** Returns the choice after a key on one of its two handles; null if the key does not move it. */
export function movedBy(key: string, handle: Handle, choice: Choice, buckets: number): Choice | null {
  const page = Math.max(2, Math.round(buckets / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -page,
    PageUp: page,
    Home: -buckets,
    End: buckets,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return null;
  if (handle === 'start') return { ...choice, start: Math.min(choice.end - 1, Math.max(0, choice.start + step)) };
  return { ...choice, end: Math.max(choice.start + 1, Math.min(buckets, choice.end + step)) };
}

/** A span of time, as instants in UTC. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Returns the span of the chosen buckets. The first and the last bucket may reach over the span that is shown, which bounds it. */
export function spanOf(timeline: readonly Bucket[], { start, end }: Choice, shown: Span): Span | null {
  const [first, last] = [timeline[start], timeline[end - 1]];
  if (first === undefined || last === undefined) return null;
  const later = (one: string, other: string): string => (Date.parse(one) > Date.parse(other) ? one : other);
  const earlier = (one: string, other: string): string => (Date.parse(one) < Date.parse(other) ? one : other);
  return {
    from: shown.from === '' ? first.from : later(first.from, shown.from),
    to: shown.to === '' ? last.to : earlier(last.to, shown.to),
  };
}

/** Returns a span three times as wide, with the same middle. */
export function widened({ from, to }: Span): Span {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const length = Math.max(1_000, end - start);
  return { from: new Date(start - length).toISOString(), to: new Date(end + length).toISOString() };
}
