import { type StatsQuery, TIMELINE_INTERVALS, type TimelineInterval } from '@pilotlight/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TooManyBuckets } from '../errors.ts';
import { changesIn, labelOf, lengthMs, wallMs, ZONES } from './testing/wall-clock.ts';
import { timelineBounds } from './timeline-bounds.ts';

type Asked = Pick<StatsQuery, 'tz' | 'interval'>;

function boundsBetween(asked: Asked, from: string, to: string): string[] {
  const { bounds } = timelineBounds(asked, { firstMs: Date.parse(from), lastMs: Date.parse(to) });
  return bounds.map((bound) => new Date(bound).toISOString().replace(':00.000Z', 'Z'));
}

describe('bounds follow the clock of the zone', () => {
  const rows: [string, Asked, string, string, string[]][] = [
    [
      'an hour that New York shows twice has two buckets',
      { tz: 'America/New_York', interval: '1h' },
      '2024-11-03T04:30Z',
      '2024-11-03T07:10Z',
      ['2024-11-03T04:00Z', '2024-11-03T05:00Z', '2024-11-03T06:00Z', '2024-11-03T07:00Z', '2024-11-03T08:00Z'],
    ],
    [
      'three hours of which New York skips one',
      { tz: 'America/New_York', interval: '3h' },
      '2024-03-10T05:30Z',
      '2024-03-10T08:00Z',
      ['2024-03-10T05:00Z', '2024-03-10T07:00Z', '2024-03-10T10:00Z'],
    ],
    [
      'days of 23 hours and of 25 hours in Berlin',
      { tz: 'Europe/Berlin', interval: '1d' },
      '2024-10-26T23:00Z',
      '2024-10-28T00:00Z',
      ['2024-10-26T22:00Z', '2024-10-27T23:00Z', '2024-10-28T23:00Z'],
    ],
    [
      'half hours of Kathmandu, at UTC+05:45',
      { tz: 'Asia/Kathmandu', interval: '30m' },
      '2024-04-06T13:10Z',
      '2024-04-06T13:20Z',
      ['2024-04-06T12:45Z', '2024-04-06T13:15Z', '2024-04-06T13:45Z'],
    ],
    [
      'a half hour that Lord Howe shows twice',
      { tz: 'Australia/Lord_Howe', interval: '1h' },
      '2024-04-06T14:10Z',
      '2024-04-06T15:40Z',
      ['2024-04-06T14:00Z', '2024-04-06T15:00Z', '2024-04-06T15:30Z', '2024-04-06T16:30Z'],
    ],
    [
      'a midnight that Newfoundland shows twice begins one day',
      { tz: 'America/St_Johns', interval: '1d' },
      '2006-10-29T02:00Z',
      '2006-10-29T03:00Z',
      ['2006-10-28T02:30Z', '2006-10-29T02:30Z', '2006-10-30T03:30Z'],
    ],
    [
      'a from before the midnight that Newfoundland shows again is in the new day',
      { tz: 'America/St_Johns', interval: '1d' },
      '2006-10-29T02:45Z',
      '2006-10-29T03:45Z',
      ['2006-10-29T02:30Z', '2006-10-30T03:30Z'],
    ],
    [
      'an hour that Newfoundland ends after a minute',
      { tz: 'America/St_Johns', interval: '1h' },
      '2006-10-29T02:00Z',
      '2006-10-29T03:00Z',
      ['2006-10-29T01:30Z', '2006-10-29T02:30Z', '2006-10-29T02:31Z', '2006-10-29T03:30Z'],
    ],
    [
      'a from in the hour that Newfoundland ends after a minute',
      { tz: 'America/St_Johns', interval: '1h' },
      '2006-10-29T02:40Z',
      '2006-10-29T02:50Z',
      ['2006-10-29T02:31Z', '2006-10-29T03:30Z'],
    ],
    [
      'a midnight that Cairo skips',
      { tz: 'Africa/Cairo', interval: '1d' },
      '2024-04-25T12:00Z',
      '2024-04-25T22:00Z',
      ['2024-04-24T22:00Z', '2024-04-25T22:00Z', '2024-04-26T21:00Z'],
    ],
    [
      'a day that Samoa skips has no bucket',
      { tz: 'Pacific/Apia', interval: '1d' },
      '2011-12-30T00:00Z',
      '2011-12-30T12:00Z',
      ['2011-12-29T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
    ],
    [
      'hours of Liberia, which was 44 minutes and 30 seconds behind',
      { tz: 'Africa/Monrovia', interval: '1h' },
      '1970-01-01T00:50Z',
      '1970-01-01T01:00Z',
      ['1970-01-01T00:44:30.000Z', '1970-01-01T01:44:30.000Z'],
    ],
    [
      'weeks from Monday',
      { interval: '1w' },
      '2024-05-19',
      '2024-05-20',
      ['2024-05-13T00:00Z', '2024-05-20T00:00Z', '2024-05-27T00:00Z'],
    ],
    [
      'months of London, in winter and in summer',
      { tz: 'Europe/London', interval: '1M' },
      '2024-03-31T00:00Z',
      '2024-03-31T23:00Z',
      ['2024-03-01T00:00Z', '2024-03-31T23:00Z', '2024-04-30T23:00Z'],
    ],
  ];
  test.for(rows)('%s', ([, asked, from, to, expected]) => {
    expect(boundsBetween(asked, from, to)).toEqual(expected);
  });
});

const lengths = fc.integer({ min: 0, max: 20_000 }).map((thousandths) => thousandths / 1_000);

const spans = fc
  .record({
    tz: fc.constantFrom(...ZONES, 'America/Sitka', 'Pacific/Kwajalein', 'Asia/Manila'),
    year: fc.oneof(fc.integer({ min: 1_860, max: 2_040 }), fc.integer({ min: 1_995, max: 2_030 })),
    interval: fc.constantFrom(...TIMELINE_INTERVALS.filter((each) => each !== '1000y')),
    change: fc.nat(),
    before: lengths,
    after: lengths,
  })
  .map(({ tz, year, interval, change, before, after }) => {
    const changes = changesIn(tz, year);
    const middle = changes[change % Math.max(changes.length, 1)] ?? Date.UTC(year, 5, 1);
    const reach = Math.min(lengthMs(interval), 400 * 86_400_000);
    return {
      tz,
      interval,
      span: { firstMs: Math.floor(middle - before * reach), lastMs: Math.ceil(middle + after * reach) },
    };
  });

function expectBucket(tz: string, interval: TimelineInterval, from: number, to: number): void {
  const shown = (ms: number) => labelOf(wallMs(tz, ms), interval);
  const isChanged = wallMs(tz, from) - wallMs(tz, from - 1) !== 1;
  if (!isChanged) expect(shown(from).isRound).toBe(true);
  for (let step = 0; step < 10; step++) {
    const at = from + Math.floor(((to - from) * step) / 10);
    const isSetBack = wallMs(tz, at) - wallMs(tz, from) < at - from;
    if (isSetBack && lengthMs(interval) > 3_600_000) expect(shown(at).label).toBeLessThanOrEqual(shown(from).label);
    else expect(shown(at).label).toBe(shown(from).label);
  }
  expect(shown(to - 1).label).toBeLessThanOrEqual(shown(from).label);
}

test('for any zone, year and interval, a bucket holds what the clock shows as one', () => {
  fc.assert(
    fc.property(spans, ({ tz, interval, span }) => {
      const { bounds } = timelineBounds({ tz, interval }, span);
      const [first = 0, second = 0] = bounds;
      expect(first <= span.firstMs && span.firstMs < second).toBe(true);
      expect((bounds.at(-2) ?? 0) <= span.lastMs && span.lastMs < (bounds.at(-1) ?? 0)).toBe(true);
      for (const [index, to] of bounds.entries()) {
        const from = bounds[index - 1];
        if (from === undefined) continue;
        expect(from).toBeLessThan(to);
        expectBucket(tz, interval, from, to);
      }
    }),
    { numRuns: 60 },
  );
});

test('without an interval, the narrowest one with at most 60 buckets is taken', () => {
  const intervalOf = (tz: string, from: string, to: string) =>
    timelineBounds({ tz }, { firstMs: Date.parse(from), lastMs: Date.parse(to) }).interval;
  expect(intervalOf('UTC', '2024-01-01T00:00:00Z', '2024-01-01T00:00:59Z')).toBe('1s');
  expect(intervalOf('UTC', '2024-01-01T00:00:00Z', '2024-01-01T00:01:00Z')).toBe('5s');
  expect(intervalOf('Asia/Kathmandu', '2024-01-01T00:00:00Z', '2024-01-03T10:00:00Z')).toBe('1h');
  for (const tz of ZONES) expect(intervalOf(tz, '0001-01-01', '9999-12-31T23:59:59.999Z')).toBe('1000y');
});

test('given more than 1,500 buckets of an interval, the error says span, count and a wider interval', () => {
  const span = { firstMs: Date.UTC(2024, 0, 1), lastMs: Date.UTC(2024, 0, 2) };
  const ask =
    (interval: TimelineInterval, lastMs = span.lastMs) =>
    () =>
      timelineBounds({ interval }, { ...span, lastMs });
  expect(ask('1m')().bounds).toHaveLength(1_442);
  expect(ask('1s')).toThrow(TooManyBuckets);
  expect(ask('1s')).toThrow(
    'expected at most 1500 buckets, got about 86401 of 1s from 2024-01-01T00:00:00.000Z to 2024-01-02T00:00:00.000Z; use 1m or wider',
  );
  expect(ask('1m', span.firstMs + 1_500 * 60_000 - 1)().bounds).toHaveLength(1_501);
  expect(ask('1m', span.firstMs + 1_500 * 60_000)).toThrow('got about 1501 of 1m');
});
