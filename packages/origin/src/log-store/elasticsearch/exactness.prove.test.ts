import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { bruteForceStats } from '../postgres/testing/brute-force-stats.ts';
import { addFile, record } from '../testing/world.ts';
import { RELATIVE_ERROR } from '../time-bins.ts';
import { elasticsearchWorld } from './testing/elasticsearch-world.ts';

const server = await elasticsearchOfFile();

const MONTHS = ['2024-01-05T00:00:00.000Z', '2024-02-05T00:00:00.000Z'];
const SOURCES = 11_000;
const LINES = 99_999;

/**
 * Two months, so two shards. In each, 11,000 sources have three records, and ten have only two, but in both months. Half of the times are near
 * a millisecond and half near a second, so the median is between two distant times.
 */
function manyRecords(): LogRecord[] {
  const sources = MONTHS.flatMap((timestamp, month) => [
    ...Array.from({ length: 3 * SOURCES }, (_, n) => ({ timestamp, source: `m${month}-${n % SOURCES}` })),
    ...Array.from({ length: 20 }, (_, n) => ({ timestamp, source: `z${n % 10}` })),
  ]);
  return Array.from({ length: LINES }, (_, n) => {
    const time = n % 2 === 0 ? 1 + n / LINES : 1_000 + (300 * n) / LINES;
    return record(n + 1, { ...(sources[n] ?? { timestamp: MONTHS[0] ?? '' }), responseTimeMs: n === 0 ? null : time });
  });
}

describe.skipIf('missing' in server)('on a real server', () => {
  test('sources and percentiles are exact below 100,000 records, and percentiles within 1 % from there on', {
    timeout: 300_000,
  }, async () => {
    if ('missing' in server) throw new Error(server.missing);
    const world = await elasticsearchWorld(server.url);
    onTestFinished(() => world.close());
    const records = manyRecords();
    const files = [{ id: await addFile(world, records, 5_000), records }];
    const small = await world.store.stats({});
    const expected = bruteForceStats(files, {});
    expect(small.total_logs).toBe(LINES);
    expect(small.top_sources.map(({ source }) => source)).toEqual(Array.from({ length: 10 }, (_, n) => `z${n}`));
    expect(small).toMatchObject({ top_sources: expected.top_sources, top_sources_error: 0 });
    expectTimes(small, expected, 1e-8);

    const more = [0, 1e-9, 0.5, 1e-3, 1e12].map((ms, n) => record(n + 1, { responseTimeMs: ms }));
    files.push({ id: await addFile(world, more), records: more });
    expectTimes(await world.store.stats({}), bruteForceStats(files, {}), RELATIVE_ERROR + 1e-8);
  });
});

type Times = Pick<ReturnType<typeof bruteForceStats>, 'response_time_ms'>;

function expectTimes({ response_time_ms: found }: Times, { response_time_ms: exact }: Times, share: number): void {
  for (const name of ['avg', 'p50', 'p95', 'p99'] as const) {
    const [given = Number.NaN, wanted = Number.NaN] = [found?.[name], exact?.[name]];
    expect(Math.abs(given - wanted) / wanted, `${name}: ${given} for ${wanted}`).toBeLessThanOrEqual(
      name === 'avg' ? 1e-8 : share,
    );
  }
}
