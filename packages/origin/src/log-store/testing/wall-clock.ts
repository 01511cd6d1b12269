import type { TimelineInterval } from '@pilotlight/contracts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** Zones with whole-hour, half-hour and 45-minute offsets, changes of 30, 60 and 120 minutes, at midnight and at 00:01. */
export const ZONES = [
  ...['UTC', 'America/New_York', 'Europe/Berlin', 'Europe/Dublin', 'America/St_Johns', 'Australia/Lord_Howe'],
  ...['Asia/Kathmandu', 'Asia/Kolkata', 'Pacific/Apia', 'Pacific/Chatham', 'America/Sao_Paulo', 'Africa/Cairo'],
  ...['Africa/Monrovia', 'Antarctica/Troll', 'Asia/Tehran', 'Africa/Casablanca', 'Europe/Lisbon'],
] as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Reads the wall clock of a zone as a person does: the date and time that it shows, as ms of a clock in UTC that shows the same. */
export function wallMs(tz: string, ms: number): number {
  let format = formats.get(tz);
  if (format === undefined) {
    const two = '2-digit' as const;
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: tz, hourCycle: 'h23', year: 'numeric' },
      ...{ month: two, day: two, hour: two, minute: two, second: two },
    });
    formats.set(tz, format);
  }
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = format.format(ms).split(/\D+/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) + (ms - Math.floor(ms / SECOND_MS) * SECOND_MS);
}

/** Returns the first seconds of a year's changes of the clock. */
export function changesIn(tz: string, year: number): number[] {
  const offsetAt = (ms: number): number => wallMs(tz, ms) - ms;
  const changes: number[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    let [low, high] = [day, day + DAY_MS];
    if (offsetAt(low) === offsetAt(high)) continue;
    while (high - low > SECOND_MS) {
      const middle = low + Math.floor((high - low) / (2 * SECOND_MS)) * SECOND_MS;
      if (offsetAt(middle) === offsetAt(low)) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

const WIDTHS_MS: Partial<Record<TimelineInterval, number>> = {
  ...{ '1s': 1_000, '5s': 5_000, '10s': 10_000, '30s': 30_000 },
  ...{ '1m': 60_000, '5m': 300_000, '10m': 600_000, '30m': 1_800_000 },
  ...{ '1h': HOUR_MS, '3h': 3 * HOUR_MS, '12h': 12 * HOUR_MS, '1d': DAY_MS },
};
const MONTHS: Partial<Record<TimelineInterval, number>> = { '1M': 1, '1y': 12, '10y': 120, '100y': 1_200 };

/** Returns about how long a bucket is. */
export function lengthMs(interval: TimelineInterval): number {
  return WIDTHS_MS[interval] ?? (interval === '1w' ? 7 : (MONTHS[interval] ?? 1_200) * 30) * DAY_MS;
}

/** Returns the number of the bucket that the clock shows, and whether it shows the first ms of that bucket. */
export function labelOf(wall: number, interval: TimelineInterval): { label: number; isRound: boolean } {
  const width = WIDTHS_MS[interval];
  if (width !== undefined) return { label: Math.floor(wall / width), isRound: wall % width === 0 };
  const date = new Date(wall);
  if (interval === '1w') {
    const isRound = date.getUTCDay() === 1 && wall % DAY_MS === 0;
    return { label: Math.floor((wall / DAY_MS + 3) / 7), isRound };
  }
  const [months, every] = [date.getUTCFullYear() * 12 + date.getUTCMonth(), MONTHS[interval] ?? 1];
  const isRound = months % every === 0 && date.getUTCDate() === 1 && wall % DAY_MS === 0;
  return { label: Math.floor(months / every), isRound };
}

/**
 * Returns a text that all instants of one bucket share. Narrow buckets are named by the offset and what the clock shows, wide ones by the
 * latest that it has shown in the last three hours.
 */
export function bucketNameOf(tz: string, interval: TimelineInterval, ms: number): string {
  const wall = wallMs(tz, ms);
  const { label } = labelOf(wall, interval);
  if (lengthMs(interval) <= HOUR_MS) return `${wall - ms}:${label}`;
  const before = ms - 3 * HOUR_MS;
  if (wallMs(tz, before) - before <= wall - ms) return `${label}`;
  const minutes = Array.from({ length: 180 }, (_, minute) => wallMs(tz, ms - minute * 60_000));
  return `${Math.max(...minutes.map((shown) => labelOf(shown, interval).label))}`;
}
