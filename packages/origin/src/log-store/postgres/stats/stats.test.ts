import { LEVELS, type LogStats, type StatsQuery } from '@pilotlight/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { LogRecord } from '../../../log-record.ts';
import { addFile, record } from '../../testing/world.ts';
import { RELATIVE_ERROR } from '../../time-bins.ts';
import { bruteForceBucket, bruteForceStats, type KnownFile } from '../testing/brute-force-stats.ts';
import { openPostgresWorld } from '../testing/postgres-world.ts';
import { stats } from './stats.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2015, 4, 17);
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
/** From files of a second to files of all years that a record can have. */
const SPANS_MS = [900, 30_000, 3_600_000, 6 * DAY_MS, 400 * DAY_MS, 20_000 * DAY_MS, LATEST_MS - EARLIEST_MS];
const SERVICES = ['web', 'db', 'Web', 'mail'];

const clamped = (ms: number): string => new Date(Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS)).toISOString();

const randomFile = fc
  .record({
    span: fc.constantFrom(...SPANS_MS),
    start: fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    services: fc.subarray(SERVICES),
    undated: fc.constantFrom(0, 0, 0.2, 1),
    lines: fc.constantFrom(1, 5, 50, 900),
    seed: fc.nat(),
  })
  .map(({ span, start, services, undated, lines, seed }) => {
    let state = seed;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const begin = span === LATEST_MS - EARLIEST_MS ? EARLIEST_MS : START_MS + start;
    return Array.from({ length: lines }, (_, index): LogRecord => {
      const source = next() < 0.7 ? `10.0.0.${Math.floor(next() * 20)}` : null;
      return record(index + 1, {
        timestamp: next() < undated ? null : clamped(begin + Math.floor(next() * span)),
        level: LEVELS[Math.floor(next() * LEVELS.length)] ?? 'INFO',
        service: next() < 0.2 ? null : (services[Math.floor(next() * services.length)] ?? null),
        source,
        responseTimeMs: next() < 0.3 ? null : next() < 0.05 ? 0 : Math.exp(next() * 12 - 4),
      });
    });
  });

/** Bounds at, just before and just after full hours, and anywhere. */
const bound = fc.oneof(
  fc
    .tuple(fc.integer({ min: -72, max: 240 }), fc.constantFrom(-1, 0, 1))
    .map(([hours, offset]) => START_MS + hours * 3_600_000 + offset),
  fc.integer({ min: START_MS - 3 * DAY_MS, max: START_MS + 500 * DAY_MS }),
  fc.constantFrom(EARLIEST_MS, LATEST_MS),
);
const range = fc.tuple(bound, bound).map(([a, b]) => ({ from: clamped(Math.min(a, b)), to: clamped(Math.max(a, b)) }));
/** Generates `undefined` in half of the cases. */
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(value, fc.constant(undefined));
const randomQuery = fc.record({
  time: fc.oneof(
    { weight: 2, arbitrary: range },
    { weight: 1, arbitrary: range.map(({ from }) => ({ from })) },
    { weight: 1, arbitrary: range.map(({ to }) => ({ to })) },
    { weight: 2, arbitrary: fc.constant({}) },
  ),
  service: maybe(fc.constantFrom(...SERVICES)),
  level: maybe(fc.subarray([...LEVELS], { minLength: 1 })),
  file: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() }),
});

type DrawnQuery = typeof randomQuery extends fc.Arbitrary<infer Query> ? Query : never;

function queryOf({ time, service, level, file }: DrawnQuery, files: readonly KnownFile[]): StatsQuery {
  return {
    ...time,
    ...(service !== undefined && { service }),
    ...(level !== undefined && { level }),
    ...(file !== undefined && { file_id: files[file % files.length]?.id }),
  };
}

async function openWorld() {
  const world = await openPostgresWorld();
  const client = new pg.Client(world.databaseUrl);
  await client.connect();
  onTestFinished(() => client.end());
  const sketched = (query: StatsQuery) => world.reads.snapshot((statements) => stats(statements, query, 0));
  /** Removes the counts of a file, as if older code had indexed it. */
  const forget = (fileId: string) => client.query('DELETE FROM file_roll_ups WHERE file_id = $1', [fileId]);
  return { ...world, client, sketched, forget };
}

function expectSame(found: LogStats, files: readonly KnownFile[], query: StatsQuery, share: number): void {
  const { response_time_ms: times, ...expected } = bruteForceStats(files, query);
  const { response_time_ms: foundTimes, timeline, interval, ...counts } = found;
  expect(counts).toEqual(expected);
  expect(foundTimes === null).toBe(times === null);
  for (const name of ['avg', 'p50', 'p95', 'p99'] as const) {
    const [exact, given] = [times?.[name] ?? 0, foundTimes?.[name] ?? 0];
    // Nine digits are given.
    expect(Math.abs(given - exact)).toBeLessThanOrEqual(exact * (name === 'avg' ? 1e-8 : share + 1e-8));
  }
  expect(timeline.length).toBeLessThanOrEqual(60);
  expect(timeline.length > 0).toBe(expected.time_range.from !== null);
  expect(interval === null).toBe(timeline.length === 0);
  for (const bucket of timeline) {
    const { from, to, ...given } = bucket;
    expect(given).toEqual(bruteForceBucket(files, query, { from, to }));
  }
  const dated = timeline.reduce((sum, { count }) => sum + count, 0);
  const { total_logs: datedTotal } = bruteForceStats(files, { ...query, from: query.from ?? clamped(EARLIEST_MS) });
  expect(dated).toBe(datedTotal);
}

test('for any files, ranges and filters, stats equal those of the records', async () => {
  const world = await openWorld();
  const seen = { queries: 0, matching: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(randomFile, fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.array(randomQuery, { minLength: 10, maxLength: 10 }),
      async (drawn, queries) => {
        const files: KnownFile[] = [];
        try {
          for (const [records, isForgotten] of drawn) {
            const id = await addFile(world, records);
            if (isForgotten) await world.forget(id);
            files.push({ id, records });
          }
          for (const drawnQuery of queries) {
            const query = queryOf(drawnQuery, files);
            const exact = await world.store.stats(query);
            expectSame(exact, files, query, 0);
            expectSame(await world.sketched(query), files, query, RELATIVE_ERROR);
            seen.queries += 1;
            if (exact.total_logs > 0) seen.matching += 1;
          }
        } finally {
          for (const { id } of files) {
            await world.hide(id);
            await world.store.remove(id);
          }
        }
      },
    ),
    { numRuns: 10 },
  );
  expect(seen.matching).toBeGreaterThan(seen.queries / 5);
});

test('control: a bucket with the wrong start is detected', async () => {
  const world = await openWorld();
  const records = Array.from({ length: 600 }, (_, index) =>
    record(index + 1, { timestamp: clamped(START_MS + index * 60_000) }),
  );
  const files = [{ id: await addFile(world, records), records }];
  await world.client.query(`UPDATE file_buckets SET bucket = bucket + interval '1 day'`);
  const query = { from: clamped(START_MS + 90 * 60_000), to: clamped(START_MS + 400 * 60_000) };
  expect((await world.store.stats(query)).total_logs).not.toBe(bruteForceStats(files, query).total_logs);
});

test('records that are too varied to be counted ahead are counted, and a backfill does not try them again', async () => {
  const world = await openWorld();
  const records = Array.from({ length: 5_200 }, (_, index) =>
    record(index + 1, { service: `s${index}`, timestamp: clamped(START_MS + index) }),
  );
  const files = [{ id: await addFile(world, records, 1_000), records }];
  for (const query of [{}, { service: 's77' }, { from: clamped(START_MS + 5), to: clamped(START_MS + 50) }]) {
    expectSame(await world.store.stats(query), files, query, 0);
  }
  expect(await world.store.backfill()).toBe(0);
});

test('sources of a file without a matching record are not counted', async () => {
  const world = await openWorld();
  const of = (service: string, source: string) => [1, 2].map((line) => record(line, { service, source }));
  const files: KnownFile[] = [];
  for (const records of [of('web', '10.0.0.1'), of('db', '10.0.0.2')]) {
    files.push({ id: await addFile(world, records), records });
  }
  expectSame(await world.sketched({ service: 'web' }), files, { service: 'web' }, RELATIVE_ERROR);
});
