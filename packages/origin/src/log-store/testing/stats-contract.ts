import { LEVELS } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { TooManyBuckets } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import { addFile, EVERYTHING, type LogStoreWorld, record, second } from './world.ts';

/** Tests the numbers of `LogStore.stats`. The world is empty at first. */
export function statsContract(world: () => LogStoreWorld): void {
  emptyContract(world);
  countContract(world);
  timelineContract(world);
  narrowContract(world);
  zoneContract(world);
}

function emptyContract(world: () => LogStoreWorld): void {
  test('an empty store has every level at 0, no ranges and no percentiles', async () => {
    expect(await world().store.stats(EVERYTHING)).toEqual({
      total_logs: 0,
      by_level: Object.fromEntries(LEVELS.map((level) => [level, 0])),
      error_rate: 0,
      by_service: [],
      timeline: [],
      interval: null,
      tz: 'UTC',
      top_sources: [],
      top_sources_error: 0,
      response_time_ms: null,
      time_range: { from: null, to: null },
      files: 0,
    });
  });
}

function countContract(world: () => LogStoreWorld): void {
  test('every number is exact', async () => {
    await addFile(world(), [
      ...range(100).map((index) =>
        record(index + 1, {
          timestamp: second(index),
          level: index < 10 ? 'ERROR' : 'INFO',
          service: index < 30 ? 'api' : 'web',
          source: `10.0.0.${index % 11}`,
          responseTimeMs: index + 1,
        }),
      ),
      record(101, { level: 'FATAL' }),
    ]);
    await addFile(world(), [record(1, { level: 'UNKNOWN' })]);
    const stats = await world().store.stats(EVERYTHING);
    expect(stats).toMatchObject({
      total_logs: 102,
      by_level: { TRACE: 0, DEBUG: 0, INFO: 90, NOTICE: 0, WARN: 0, ERROR: 10, FATAL: 1, UNKNOWN: 1 },
      error_rate: 11 / 102,
      by_service: [
        { service: 'web', count: 70, errors: 0 },
        { service: 'api', count: 30, errors: 10 },
      ],
      time_range: { from: second(0), to: second(99) },
      files: 2,
    });
    expect(stats.top_sources).toHaveLength(10);
    expect(stats.top_sources[0]).toEqual({ source: '10.0.0.0', count: 10 });
    expect(stats.top_sources.at(-1)).toEqual({ source: '10.0.0.8', count: 9 });
    expect(stats.response_time_ms?.avg).toBeCloseTo(50.5);
    expect(stats.response_time_ms?.p50).toBeCloseTo(50.5, 0);
    expect(stats.response_time_ms?.p95).toBeCloseTo(95.05, 0);
    expect(stats.response_time_ms?.p99).toBeCloseTo(99.01, 0);
  });
}

function timelineContract(world: () => LogStoreWorld): void {
  test('the timeline has at most 60 adjacent buckets of one width that count each dated record once', async () => {
    const { timeline } = await world().store.stats(EVERYTHING);
    // 100 seconds from a full minute.
    expect(timeline).toHaveLength(20);
    expect(timeline[0]?.from).toBe(second(0));
    expect(timeline.at(-1)?.to).toBe(second(100));
    const widths = new Set(timeline.map(({ from, to }) => Date.parse(to) - Date.parse(from)));
    expect(widths.size).toBe(1);
    expect(timeline.slice(1).map(({ from }) => from)).toEqual(timeline.slice(0, -1).map(({ to }) => to));
    expect(timeline.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect(timeline.reduce((sum, { errors }) => sum + errors, 0)).toBe(10);
  });
}

function narrowContract(world: () => LogStoreWorld): void {
  test('a time range is half-open and excludes undated records, and a service filter narrows it', async () => {
    const inRange = await world().store.stats({ from: second(5), to: second(30) });
    expect(inRange).toMatchObject({ total_logs: 25, files: 1, time_range: { from: second(5), to: second(29) } });
    expect(inRange.by_level).toMatchObject({ ERROR: 5, INFO: 20, FATAL: 0 });
    const ofApi = await world().store.stats({ service: 'api' });
    expect(ofApi).toMatchObject({ total_logs: 30, by_service: [{ service: 'api', count: 30, errors: 10 }] });
    expect(await world().store.stats({ service: 'unknown' })).toMatchObject({ total_logs: 0, files: 0, timeline: [] });
  });

  test('records of one instant form one bucket', async () => {
    const { timeline } = await world().store.stats({ from: second(5), to: second(6) });
    expect(timeline).toEqual([{ from: second(5), to: second(6), count: 1, errors: 1, levels: { ERROR: 1 } }]);
  });

  test('the timeline begins at the bucket of the from that was asked for', async () => {
    const { timeline } = await world().store.stats({ from: second(-50.5), to: second(3) });
    expect(timeline).toHaveLength(54);
    expect(timeline[0]).toEqual({ from: second(-51), to: second(-50), count: 0, errors: 0, levels: {} });
    expect(timeline.at(-1)).toEqual({ from: second(2), to: second(3), count: 1, errors: 1, levels: { ERROR: 1 } });
  });

  test('levels and a file narrow stats', async () => {
    const fileId = await addFile(world(), [
      record(1, { level: 'WARN', timestamp: second(5) }),
      record(2, { level: 'ERROR', timestamp: second(6) }),
    ]);
    const ofFile = await world().store.stats({ file_id: fileId });
    expect(ofFile).toMatchObject({ total_logs: 2, files: 1, error_rate: 0.5 });
    const ofLevel = await world().store.stats({ level: ['FATAL', 'WARN'], file_id: fileId });
    expect(ofLevel).toMatchObject({ total_logs: 1, time_range: { from: second(5), to: second(5) } });
    await world().hide(fileId);
    expect(await world().store.stats({ file_id: fileId })).toMatchObject({ total_logs: 0, files: 0 });
  });

  test('a backfill changes no answer', async () => {
    const before = await world().store.stats(EVERYTHING);
    await world().store.backfill();
    expect(await world().store.backfill()).toBe(0);
    expect(await world().store.stats(EVERYTHING)).toEqual(before);
  });

  test('stats list at most the 20 services with the most records', async () => {
    const records: LogRecord[] = range(210).map((index) =>
      record(index + 1, { service: `s${Math.floor(Math.sqrt(index * 2))}`, timestamp: second(10_000 + index) }),
    );
    await addFile(world(), records);
    const { by_service } = await world().store.stats({ from: second(10_000) });
    expect(by_service).toHaveLength(20);
    const counts = by_service.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });
}

function zoneContract(world: () => LogStoreWorld): void {
  test('an interval and a time zone say how the timeline is divided', async () => {
    // New York sets its clock back by an hour at 06:00 UTC.
    const at = (time: string) => `2012-11-0${time}:00.000Z`;
    const file_id = await addFile(world(), [
      record(1, { timestamp: at('4T03:59'), level: 'WARN' }),
      record(2, { timestamp: at('4T04:00'), level: 'FATAL' }),
      record(3, { timestamp: at('5T04:59'), level: 'ERROR' }),
      record(4, { timestamp: at('5T04:59'), level: 'INFO' }),
      record(5, { level: 'INFO' }),
    ]);
    const days = await world().store.stats({ file_id, tz: 'America/New_York', interval: '1d' });
    expect(days).toMatchObject({ interval: '1d', tz: 'America/New_York' });
    expect(days.timeline).toEqual([
      { from: at('3T04:00'), to: at('4T04:00'), count: 1, errors: 0, levels: { WARN: 1 } },
      { from: at('4T04:00'), to: at('5T05:00'), count: 3, errors: 2, levels: { INFO: 1, ERROR: 1, FATAL: 1 } },
    ]);
    const hours = await world().store.stats({ file_id, from: at('4T05:30'), interval: '1h', level: ['INFO'] });
    expect(hours).toMatchObject({ interval: '1h', tz: 'UTC' });
    expect(hours.timeline).toHaveLength(24);
    expect(hours.timeline[0]?.from).toBe(at('4T05:00'));
    const narrowest = await world().store.stats({ file_id, tz: 'Asia/Kathmandu' });
    expect(narrowest).toMatchObject({ interval: '30m', tz: 'Asia/Kathmandu' });
    expect(narrowest.timeline[0]).toMatchObject({ from: at('4T03:45'), to: at('4T04:15'), count: 2 });
  });

  test('an empty timeline has the interval that was asked for', async () => {
    const asked = { service: 'unknown', interval: '1h', tz: 'Asia/Tokyo' } as const;
    expect(await world().store.stats(asked)).toMatchObject({ timeline: [], interval: '1h', tz: 'Asia/Tokyo' });
  });

  test('too narrow an interval is refused, and 1,500 buckets are not', async () => {
    const file_id = await addFile(world(), [
      record(1, { timestamp: second(20_000) }),
      record(2, { timestamp: second(21_499) }),
      record(3, { timestamp: second(30_000), level: 'DEBUG' }),
    ]);
    const { timeline } = await world().store.stats({ file_id, level: ['INFO'], interval: '1s' });
    expect(timeline).toHaveLength(1_500);
    expect(timeline.filter(({ count }) => count > 0).map(({ from }) => from)).toEqual([second(20_000), second(21_499)]);
    const refused = world().store.stats({ file_id, interval: '1s' });
    await expect(refused).rejects.toThrow(TooManyBuckets);
    await expect(refused).rejects.toThrow(/about 10001 of 1s .* use 10s or wider/);
  });
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
