import { createReadStream, globSync } from 'node:fs';
import { type LogStats, type SearchQuery, type StatsQuery, searchBodySchema } from '@pilotlight/contracts';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, test } from 'vitest';
import { TooManyBuckets } from '../../errors.ts';
import { readAll, SHARED_DATA_MISSING, sharedData } from '../../ingest/testing/read-all.ts';
import type { LogRecord } from '../../log-record.ts';
import { type ColumnText, columnTextsOf } from '../searched-texts.ts';
import { logStoreContract } from '../testing/log-store-contract.ts';
import type { LogRequest, TwinStore } from '../testing/twin-store.ts';
import { addFile } from '../testing/world.ts';
import { twinWorld } from './testing/elasticsearch-world.ts';

const server = await elasticsearchOfFile();
const requestsOfSuite = new Map<string, LogRequest>();

function urlOfServer(): string {
  if ('missing' in server) throw new Error(server.missing);
  return server.url;
}

describe.skipIf('missing' in server)('both adapters give equal answers', () => {
  logStoreContract('Postgres and Elasticsearch', async () => {
    const { world, twin } = await twinWorld(urlOfServer());
    return {
      ...world,
      close: async () => {
        for (const [key, request] of twin.requests) requestsOfSuite.set(key, request);
        await world.close();
      },
    };
  });

  test.skipIf(SHARED_DATA_MISSING !== '')(
    `over real log files, every request of the suite and of each file is answered alike${SHARED_DATA_MISSING}`,
    async () => {
      const { world, twin } = await twinWorld(urlOfServer());
      const files = new Map<string, LogRecord[]>();
      for (const path of globSync(['loghub/*', 'access/*', 'samples/*.log', 'json/*'], {
        cwd: sharedData(''),
      }).sort()) {
        const records = await readable(path);
        if (records.length > 0) files.set(await addFile(world, records), records);
      }
      expect(requestsOfSuite.size).toBeGreaterThan(100);
      let asked = 0;
      for (const request of [...ofSuite(files), ...ofFiles(files)]) {
        if (request.of === 'search') await twin.search(request.query);
        else await compareTimes(twin, request.query, files);
        asked += 1;
      }
      const lines = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      process.stderr.write(`  ${asked} requests over ${files.size} files with ${lines} records: equal answers\n`);
      await world.close();
    },
  );
});

/** Some samples are refused on purpose. */
async function readable(path: string): Promise<LogRecord[]> {
  const { records } = await readAll(() => createReadStream(sharedData(path))).catch(() => ({ records: [] }));
  return records;
}

/** The requests of the suite; one that names a file of the suite names a real file instead. */
function ofSuite(files: ReadonlyMap<string, readonly LogRecord[]>): LogRequest[] {
  const [file_id = ''] = files.keys();
  return [...requestsOfSuite.values()].map((request) => {
    if (request.query.file_id === undefined) return request;
    return request.of === 'search'
      ? { of: 'search', query: { ...request.query, file_id } }
      : { of: 'stats', query: { ...request.query, file_id } };
  });
}

/** Two queries about a column, unless its name or text cannot be asked for. */
function toQueries({ name, text }: ColumnText): string[] {
  const queries = [`${name}:"${text.slice(0, 60)}"*`, `-${name}:"${text.slice(0, 200)}"`];
  return queries.filter((q) => !text.includes('"') && searchBodySchema.safeParse({ q }).success);
}

/** Requests about each file: all of it, deep pages, words, columns, a level, a service, and stats of its time. */
function ofFiles(files: ReadonlyMap<string, readonly LogRecord[]>): LogRequest[] {
  const requests: LogRequest[] = [{ of: 'stats', query: {} }];
  const search = (body: Record<string, unknown>) =>
    requests.push({ of: 'search', query: searchBodySchema.parse(body) satisfies SearchQuery });
  for (const [file_id, records] of files) {
    const seen = records[Math.floor(records.length / 2)];
    if (seen === undefined) continue;
    const words = seen.message.match(/\p{L}+/gu) ?? ['error'];
    const [word = 'error', next = 'error'] = words;
    search({ file_id });
    search({ file_id, sort: 'oldest', page: 2, page_size: 100 });
    search({ file_id, page: 5, page_size: 1_000 });
    search({ q: word, page_size: 200 });
    search({ q: `"${word} ${next}"`, file_id });
    search({ q: `-${word}`, sort: 'oldest', page_size: 200 });
    search({ q: `${word} OR ${next} -${words.at(-1)}` });
    search({ q: `${word.slice(0, 2)}* level:${seen.level}`, file_id, context: 2, page_size: 100 });
    for (const q of columnTextsOf(seen).flatMap(toQueries)) search({ q, page_size: 200 });
    search({ level: seen.level, page_size: 500 });
    if (seen.service !== null && seen.service.length <= 200 && seen.service !== '') {
      search({ service: seen.service });
      requests.push({ of: 'stats', query: { service: seen.service } });
    }
    if (seen.timestamp === null) continue;
    const at = Date.parse(seen.timestamp);
    const range = { from: new Date(at - 3_600_000).toISOString(), to: new Date(at + 3_600_000).toISOString() };
    search({ ...range, page_size: 100 });
    requests.push({ of: 'stats', query: range });
  }
  return requests;
}

/**
 * Asks both for stats. The twin compares everything but the response times: a percentile must lie between the
 * neighbours of its rank, which is the stated error for sets of this size.
 */
async function compareTimes(
  twin: TwinStore,
  query: StatsQuery,
  files: ReadonlyMap<string, readonly LogRecord[]>,
): Promise<void> {
  // An interval of the suite may be too narrow for the years of the real files: both stores then refuse it alike.
  const answer = await twin.stats(query).catch((error: unknown) => {
    if (error instanceof TooManyBuckets) return null;
    throw error;
  });
  if (answer === null) return;
  const { response_time_ms } = answer;
  const records = query.file_id === undefined ? [...files.values()].flat() : (files.get(query.file_id) ?? []);
  const times = records
    .filter((record) => isAsked(record, query))
    .flatMap(({ responseTimeMs }) => (responseTimeMs === null ? [] : [responseTimeMs]))
    .sort((a, b) => a - b);
  expect(response_time_ms === null).toBe(times.length === 0);
  if (response_time_ms !== null) expectPercentiles(response_time_ms, times);
}

function expectPercentiles(found: NonNullable<LogStats['response_time_ms']>, times: readonly number[]): void {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  // An average is rounded to nine digits.
  expect(Math.abs(found.avg - mean)).toBeLessThanOrEqual(mean * 1e-8);
  for (const [share, value] of [
    [0.5, found.p50],
    [0.95, found.p95],
    [0.99, found.p99],
  ] as const) {
    const rank = share * (times.length - 1);
    // One rank, or 0.1 % of all ranks for large sets.
    const slack = Math.max(1, times.length / 1_000);
    expect(value).toBeGreaterThanOrEqual(times[Math.max(0, Math.floor(rank - slack))] ?? 0);
    expect(value).toBeLessThanOrEqual(times[Math.min(times.length - 1, Math.ceil(rank + slack))] ?? 0);
  }
}

function isAsked({ timestamp, service, level }: LogRecord, query: StatsQuery): boolean {
  if (query.service !== undefined && service !== query.service) return false;
  if (query.level !== undefined && !query.level.includes(level)) return false;
  if (query.from === undefined && query.to === undefined) return true;
  return timestamp !== null && timestamp >= (query.from ?? '') && timestamp < (query.to ?? '~');
}
