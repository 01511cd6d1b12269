import { LEVELS, type Level, type LogStats, type StatsQuery, type TimelineBucket } from '@pilotlight/contracts';
import type { LogRecord } from '../../../log-record.ts';

export interface KnownFile {
  readonly id: string;
  readonly records: readonly LogRecord[];
}

/** Computes stats from the records in memory, as the contract describes them, except for the timeline and its interval. */
export function bruteForceStats(
  files: readonly KnownFile[],
  query: StatsQuery,
): Omit<LogStats, 'timeline' | 'interval'> {
  const chosen = files
    .filter(({ id }) => query.file_id === undefined || query.file_id === id)
    .map(({ records }) => records.filter((record) => matches(record, query)));
  const all = chosen.flat();
  const levels = new Map<Level, number>(tally(all.map(({ level }) => level)));
  const services = new Set(all.flatMap(({ service }) => service ?? []));
  const instants = all.flatMap(({ timestamp }) => timestamp ?? []).sort();
  return {
    total_logs: all.length,
    by_level: Object.fromEntries(LEVELS.map((level) => [level, levels.get(level) ?? 0])) as Record<Level, number>,
    error_rate: all.length === 0 ? 0 : all.filter(isError).length / all.length,
    by_service: [...services]
      .map((service) => {
        const records = all.filter((record) => record.service === service);
        return { service, count: records.length, errors: records.filter(isError).length };
      })
      .sort((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1))
      .slice(0, 20),
    tz: query.tz ?? 'UTC',
    top_sources: tally(all.flatMap(({ source }) => source ?? []))
      .map(([source, count]) => ({ source, count }))
      .sort((a, b) => b.count - a.count || (a.source < b.source ? -1 : 1))
      .slice(0, 10),
    top_sources_error: 0,
    response_time_ms: timesOf(all.flatMap(({ responseTimeMs }) => responseTimeMs ?? [])),
    time_range: { from: instants[0] ?? null, to: instants.at(-1) ?? null },
    files: chosen.filter((records) => records.length > 0).length,
  };
}

/** Counts the records of a timeline's bucket. */
export function bruteForceBucket(
  files: readonly KnownFile[],
  query: StatsQuery,
  { from, to }: { from: string; to: string },
): Pick<TimelineBucket, 'count' | 'errors' | 'levels'> {
  const records = files
    .filter(({ id }) => query.file_id === undefined || query.file_id === id)
    .flatMap((file) => file.records)
    .filter((record) => matches(record, query) && record.timestamp !== null)
    // The text of the year 10000 sorts before all others.
    .filter(
      ({ timestamp }) =>
        Date.parse(timestamp ?? '') >= Date.parse(from) && Date.parse(timestamp ?? '') < Date.parse(to),
    );
  const levels = tally(records.map(({ level }) => level));
  return { count: records.length, errors: records.filter(isError).length, levels: Object.fromEntries(levels) };
}

function matches({ timestamp, level, service }: LogRecord, query: StatsQuery): boolean {
  if (query.level !== undefined && !query.level.includes(level)) return false;
  if (query.service !== undefined && query.service !== service) return false;
  if (query.from !== undefined && (timestamp === null || timestamp < query.from)) return false;
  return query.to === undefined || (timestamp !== null && timestamp < query.to);
}

const isError = ({ level }: LogRecord): boolean => level === 'ERROR' || level === 'FATAL';

function tally<Item>(items: readonly Item[]): [Item, number][] {
  const counts = new Map<Item, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts];
}

function timesOf(times: readonly number[]): LogStats['response_time_ms'] {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const rank = share * (sorted.length - 1);
    const [below = 0, above = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
    return below + (above - below) * (rank - Math.floor(rank));
  };
  return { avg: times.reduce((a, b) => a + b) / times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
