import { LEVELS, type StatsQuery, TIMELINE_INTERVALS, type TimelineBucket } from '@pilotlight/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { bucketNameOf, changesIn, lengthMs, ZONES } from './wall-clock.ts';
import { addFile, type LogStoreWorld, record } from './world.ts';

/** Times near a change of a clock, in lengths of a bucket. */
const near = fc.integer({ min: -15_000, max: 15_000 }).map((thousandths) => thousandths / 1_000);

const cases = fc.record({
  tz: fc.constantFrom(...ZONES),
  year: fc.oneof(fc.integer({ min: 1_900, max: 2_035 }), fc.integer({ min: 1_995, max: 2_020 })),
  interval: fc.constantFrom(...TIMELINE_INTERVALS.filter((each) => lengthMs(each) <= lengthMs('1M'))),
  isAutomatic: fc.boolean(),
  change: fc.nat(),
  times: fc.array(near, { minLength: 30, maxLength: 60 }),
  ranges: fc.array(fc.tuple(near, near), { minLength: 3, maxLength: 3 }),
});
type Case = typeof cases extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Returns at least 360 records: the stored buckets of a file with fewer have a second each and cross no bound. */
function recordsOf({ times }: Case, instantOf: (length: number) => string): LogRecord[] {
  const levelOf = (index: number) => LEVELS[(index * 7) % LEVELS.length] ?? 'INFO';
  return times
    .flatMap((time) => Array.from({ length: 12 }, (_, copy) => time + copy / 12))
    .map((time, index) => record(index + 1, { timestamp: instantOf(time), level: levelOf(index) }));
}

/** Counts records by what the clock shows at their time, in the order of time. */
function bruteForceTimeline(records: readonly LogRecord[], nameOf: (ms: number) => string) {
  const buckets = new Map<string, Pick<TimelineBucket, 'count' | 'errors' | 'levels'>>();
  const dated = records.flatMap(({ timestamp, level }) => (timestamp === null ? [] : [{ timestamp, level }]));
  for (const { timestamp, level } of dated.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))) {
    const name = nameOf(Date.parse(timestamp));
    const { count, errors, levels } = buckets.get(name) ?? { count: 0, errors: 0, levels: {} };
    buckets.set(name, {
      count: count + 1,
      errors: errors + (level === 'ERROR' || level === 'FATAL' ? 1 : 0),
      levels: { ...levels, [level]: (levels[level] ?? 0) + 1 },
    });
  }
  return [...buckets.values()];
}

async function expectTimelines(world: LogStoreWorld, drawn: Case): Promise<void> {
  const { tz, year, interval, isAutomatic, ranges, change } = drawn;
  const changes = changesIn(tz, year);
  const middle = changes[change % Math.max(changes.length, 1)] ?? Date.UTC(year, 5, 1);
  const instantOf = (length: number): string =>
    new Date(Math.round(middle + length * lengthMs(interval))).toISOString();
  const records = recordsOf(drawn, instantOf);
  const file_id = await addFile(world, records, 100);
  const asked: Partial<StatsQuery> = { file_id, tz, ...(!isAutomatic && { interval }) };
  for (const bounds of [[], ...ranges]) {
    const [from = '', to = '~'] = bounds.toSorted((a, b) => a - b).map(instantOf);
    const { timeline, ...answer } = await world.store.stats({ ...asked, ...(from !== '' && { from, to }) });
    const inRange = records.filter(({ timestamp }) => timestamp !== null && timestamp >= from && timestamp < to);
    const taken = answer.interval ?? interval;
    const expected = bruteForceTimeline(inRange, (ms) => bucketNameOf(tz, taken, ms));
    const found = timeline.filter(({ count }) => count > 0).map(({ from: _from, to: _to, ...counts }) => counts);
    expect(found).toEqual(expected);
    const [first] = timeline;
    if (first === undefined || from === '') continue;
    expect(bucketNameOf(tz, taken, Date.parse(first.from))).toBe(bucketNameOf(tz, taken, Date.parse(from)));
  }
  await world.hide(file_id);
}

/** Tests timelines around changes of the clock against what the clock of the zone shows. */
export function zoneContract(world: () => LogStoreWorld): void {
  test('for any zone and range around a change of the clock, the timeline equals a count by the clock', async () => {
    await fc.assert(
      fc.asyncProperty(cases, (drawn) => expectTimelines(world(), drawn)),
      // Each run writes a file, so a failure is reported without a search for a smaller one.
      { numRuns: 8, endOnFailure: true },
    );
  });
}
