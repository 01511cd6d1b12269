import { createReadStream, globSync } from 'node:fs';
import { type SearchQuery, searchBodySchema } from '@pilotlight/contracts';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SHARED_DATA_MISSING, sharedData } from '../ingest/testing/read-all.ts';
import { ElasticsearchLogStore } from '../log-store/elasticsearch/elasticsearch-log-store.ts';
import type { LogStoreName } from '../log-store/port.ts';
import { PostgresLogStore } from '../log-store/postgres/postgres-log-store.ts';
import { TwinStore } from '../log-store/testing/twin-store.ts';
import { Connections } from '../postgres/connections.ts';
import { openOrigin, type TestOrigin } from '../testing/open-origin.ts';
import { reindex } from './reindex.ts';
import { LINE_TABLES } from './testing/two-stores.ts';

const server = await elasticsearchOfFile();

describe.skipIf('missing' in server)('between Postgres and Elasticsearch', () => {
  test.skipIf(SHARED_DATA_MISSING !== '')(
    `there and back, real logs keep every byte and both stores answer alike${SHARED_DATA_MISSING}`,
    async () => {
      const origin = await openOrigin();
      const ids = await addRealFiles(origin);
      const before = await digests(origin);
      const there = await copy(origin, 'elasticsearch');
      expect(there).toMatchObject({ copied: { files: ids.length }, differences: [], unknown: [], isSettled: true });
      await expectEqualAnswers(origin, ids);
      await origin.query(`TRUNCATE ${LINE_TABLES.join(', ')}`);
      const back = await copy(origin, 'postgres');
      expect(back).toMatchObject({ copied: there.copied, differences: [], unknown: [], isSettled: true });
      expect(await digests(origin)).toEqual(before);
      await expectEqualAnswers(origin, ids);
      expect(await copy(origin, 'elasticsearch')).toMatchObject({ passes: 1, copied: { files: 0 } });
      process.stderr.write(`  ${ids.length} files with ${there.copied.records} records, there and back: equal\n`);
    },
  );

  test('each call writes one event that invalidates every answer', async () => {
    const origin = await openOrigin();
    await origin.addFile('2026-03-01 10:00:00 INFO cart: added lamp\n');
    await copy(origin, 'elasticsearch');
    await copy(origin, 'elasticsearch');
    const events = await origin.query<{ payload: object; pending_jobs: string[] }>(
      `SELECT payload, pending_jobs FROM outbox WHERE type = 'file.changed'`,
    );
    expect(events).toHaveLength(2);
    for (const { payload, pending_jobs } of events) {
      expect(payload).not.toHaveProperty('extent');
      expect(pending_jobs).toEqual(['apply-event']);
    }
  });
});

/** Each database of this file has its own indices. */
function elasticsearchOf({ databaseUrl }: TestOrigin) {
  if ('missing' in server) throw new Error(server.missing);
  return { url: server.url, indexPrefix: new URL(databaseUrl).pathname.slice(1).replaceAll('_', '-') };
}

function copy(origin: TestOrigin, to: LogStoreName) {
  const onError = (error: unknown) => origin.errors.push(error);
  return reindex({ databaseUrl: origin.databaseUrl, elasticsearch: elasticsearchOf(origin), to, onError });
}

/** Uploads every real file that an ingest accepts. Returns their ids. */
async function addRealFiles({ origin, query }: TestOrigin): Promise<string[]> {
  for (const path of globSync(['loghub/*', 'access/*', 'samples/*.log', 'json/*'], { cwd: sharedData('') }).sort()) {
    const upload = await origin.uploads.begin(path);
    for await (const bytes of createReadStream(sharedData(path))) await upload.write(bytes);
    const { file } = await upload.commit();
    await origin.ingest(file.id);
  }
  return (await query<{ id: string }>(`SELECT id FROM files WHERE status = 'indexed' ORDER BY id`)).map(({ id }) => id);
}

/** Returns a digest of all rows of each table of the log store, whatever their order on disk is. */
async function digests({ query }: TestOrigin): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const table of LINE_TABLES) {
    const [row] = await query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(stored::text), '' ORDER BY md5(stored::text))), '') AS digest
       FROM ${table} stored`,
    );
    found[table] = row?.digest ?? '';
  }
  return found;
}

/** Asks both stores about each file; the twin throws on any difference but response times and percentiles. */
async function expectEqualAnswers(origin: TestOrigin, ids: readonly string[]): Promise<void> {
  const onError = (error: unknown) => origin.errors.push(error);
  const limits = { max: 8, statementTimeoutMs: 60_000, idleInTransactionMs: 60_000 };
  const reads = new Connections({ databaseUrl: origin.databaseUrl, name: 'twin', ...limits, onError });
  const inElasticsearch = new ElasticsearchLogStore({
    elasticsearch: elasticsearchOf(origin),
    reads,
    work: reads,
    readTimeoutMs: 60_000,
    onError,
  });
  onTestFinished(async () => {
    await inElasticsearch.server.close();
    await reads.close();
  });
  const twin = new TwinStore(new PostgresLogStore(reads, reads), inElasticsearch);
  const search = (body: object): Promise<unknown> => twin.search(searchBodySchema.parse(body) satisfies SearchQuery);
  expect((await twin.storedFiles(null, 10_000)).length).toBeGreaterThan(0);
  await twin.countLevels(ids);
  for (const file_id of ids) {
    await search({ file_id, page_size: 1_000 });
    await search({ file_id, q: 'error OR failed OR get', sort: 'oldest', page_size: 1_000 });
    for await (const batch of twin.read(file_id)) expect(batch.length).toBeGreaterThan(0);
  }
  await search({ level: ['ERROR', 'FATAL'], page_size: 1_000 });
  await twin.stats({});
}
