import type { CounterDelta, RecentCounts } from '../ports/counter-store.ts';
import { type CacheStats, type ReadStats, readStats, statsOfCounts, type WindowName } from './read-counters.ts';

const MINUTE_MS = 60_000;
const WINDOWS = { '1m': 1, '15m': 15, '60m': 60 } as const satisfies Record<WindowName, number>;

/**
 * Returns the stats with the windows of each prefix added. A window consists of whole minutes and of the present one, so it covers up
 * to a minute more than its name says; `seconds` is its exact length, which begins no earlier than the last reset.
 *
 * @param pending counts that are not in the store yet: they belong to every window
 */
export function withWindows<Stats extends Pick<CacheStats, 'endpoints'>>(
  stats: Stats,
  recent: RecentCounts,
  pending: CounterDelta,
): Stats {
  const since = new Date(recent.since ?? recent.now).toISOString();
  const windows = Object.entries(WINDOWS).map(([name, minutes]) => ({ name, ...windowOf(recent, pending, minutes) }));
  const endpoints = Object.fromEntries(
    Object.entries(stats.endpoints).map(([prefix, counts]) => {
      const its = windows.map(({ name, seconds, reads }) => [name, { seconds, ...(reads[prefix] ?? NO_READS) }]);
      return [prefix, { ...counts, since, windows: Object.fromEntries(its) }];
    }),
  );
  return { ...stats, endpoints };
}

const NO_READS: ReadStats = statsOfCounts(new Map());

function windowOf({ now, since, minutes }: RecentCounts, pending: CounterDelta, length: number) {
  const from = now - (now % MINUTE_MS) - length * MINUTE_MS;
  const counts = minutes.filter(({ at }) => at >= from).map((minute) => minute.counts);
  const seconds = Math.max(0, Math.round((now - Math.max(from, since ?? now)) / 1_000));
  return { seconds, reads: readStats([...counts, pending]) };
}
