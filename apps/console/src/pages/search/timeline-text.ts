import { count, dateTime } from '../../format/format.ts';
import { type Bucket, LEVELS, type Level } from './search-types.ts';
import { countOf, isShown } from './timeline.ts';

/** Returns a span on the clock of the browser; the date of its end is left out if it is that of its beginning. */
export function rangeText(from: string, to: string): string {
  const [start, end] = [dateTime(Date.parse(from)), dateTime(Date.parse(to))];
  const isSameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start} – ${isSameDay ? end.slice(11) : end}`;
}

/** Returns the span of adjacent buckets with their lines by level. */
export function bucketText(buckets: readonly Bucket[], levels: readonly Level[]): string {
  const sum = buckets.reduce((total, bucket) => total + countOf(bucket, levels), 0);
  const by = LEVELS.filter((level) => isShown(level, levels)).flatMap((level) => {
    const n = buckets.reduce((total, bucket) => total + (bucket.levels[level] ?? 0), 0);
    return n === 0 ? [] : [`${level} ${count(n)}`];
  });
  const range = rangeText(buckets[0]?.from ?? '', buckets.at(-1)?.to ?? '');
  return [range, `${count(sum)} ${sum === 1 ? 'line' : 'lines'}`, ...by].join(' · ');
}

const UNITS: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'week', M: 'month', y: 'year' };

/** Returns the length of a bucket: `30m` is `30 min`, `1M` is `1 month`. */
export function intervalText(interval: string): string {
  const [, n = '', unit = ''] = /^(\d+)(\w)$/.exec(interval) ?? [];
  const name = UNITS[unit] ?? unit;
  return `${count(Number(n))} ${name}${n !== '1' && name.length > 3 ? 's' : ''}`;
}
