import { randomUUID } from 'node:crypto';
import { elasticsearchOfFile, migratedDatabase } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SchemaMismatch } from '../../errors.ts';
import { filesWorld } from '../../postgres/testing/files-world.ts';
import { addFile, EVERYTHING, type LogStoreWorld, messages, record, search } from '../testing/world.ts';
import { createClient } from './client.ts';
import { ElasticsearchLogStore } from './elasticsearch-log-store.ts';
import { IndexNames, prepareIndices } from './index-layout.ts';
import { WriteTargets } from './write-targets.ts';

const server = await elasticsearchOfFile();
const url = 'missing' in server ? '' : server.url;

interface Opened {
  world: LogStoreWorld;
  databaseId: string;
  names: IndexNames;
}

/** Opens the store of a new database. Its id in the names of the indices is chosen by the database, or given. */
async function open(indexPrefix: string, givenId?: string): Promise<Opened> {
  const database = await migratedDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  if (givenId !== undefined) {
    await client.query('INSERT INTO elasticsearch_indices (database_id) VALUES ($1)', [givenId]);
  }
  const stores: ElasticsearchLogStore[] = [];
  const world = await filesWorld(database, (connections) => {
    const options = { elasticsearch: { url, indexPrefix }, readTimeoutMs: 30_000, onError: () => undefined };
    const store = new ElasticsearchLogStore({ ...connections, ...options });
    stores.push(store);
    return store;
  });
  for (const { server: own } of stores) await own.prepare();
  const { rows } = await client.query<{ id: string }>('SELECT database_id AS id FROM elasticsearch_indices');
  await client.end();
  onTestFinished(async () => {
    for (const { server: own } of stores) await own.close();
    await world.close();
  });
  const databaseId = rows[0]?.id ?? '';
  return { world, databaseId, names: new IndexNames(`${indexPrefix}-${databaseId}`) };
}

function openClient() {
  const client = createClient({ url }, 30_000);
  onTestFinished(() => client.close());
  return client;
}

const indicesOf = async (names: IndexNames): Promise<string[]> =>
  Object.keys(await openClient().indices.get({ index: names.pattern })).sort();
const countOf = async (world: LogStoreWorld) => (await world.store.stats(EVERYTHING)).total_logs;

describe.skipIf('missing' in server)('on a real server', () => {
  test('two databases on one cluster do not see lines of each other', async () => {
    const prefix = `test-${randomUUID()}`;
    const [one, other] = [await open(prefix), await open(prefix)];
    expect(one.databaseId).toMatch(/^[\da-f]{12}$/);
    await addFile(one.world, [record(1, { message: 'alpha' })]);
    const fileId = await addFile(other.world, [record(1, { message: 'beta' })]);
    expect([await messages(one.world), await messages(other.world)]).toEqual([['alpha'], ['beta']]);
    expect([await countOf(one.world), await countOf(other.world)]).toEqual([1, 1]);
    await one.world.store.remove(fileId);
    expect(await messages(other.world)).toEqual(['beta']);
  });

  test('control: with the same id, two databases see lines of each other', async () => {
    const prefix = `test-${randomUUID()}`;
    const one = await open(prefix);
    const other = await open(prefix, one.databaseId);
    await addFile(other.world, [record(1, { message: 'beta' })]);
    expect(await messages(one.world)).toEqual(['beta']);
  });

  test('after a rollover by size, writes go to the new index, and reads see both', async () => {
    const { world, names } = await open(`test-${randomUUID()}`);
    await addFile(world, [record(1, { message: 'before' })]);
    const full = new WriteTargets(openClient(), names, { rollover: { max_docs: 1 } });
    expect(await full.indexOf(null)).toBe(`${names.all}-rest-000002`);
    await addFile(world, [record(1, { message: 'after' })]);
    expect(await indicesOf(names)).toEqual([`${names.all}-rest-000001`, `${names.all}-rest-000002`]);
    const counts = await openClient().search({
      index: names.all,
      aggs: { at: { terms: { field: '_index' } } },
      size: 0,
    });
    expect(counts.aggregations).toMatchObject({ at: { buckets: [{ doc_count: 1 }, { doc_count: 1 }] } });
    expect(new Set(await messages(world))).toEqual(new Set(['before', 'after']));
    expect(await countOf(world)).toBe(2);
  });

  test('the lines of a recent month have their own index, and reads see all', async () => {
    const { world, names } = await open(`test-${randomUUID()}`);
    const now = new Date().toISOString();
    await addFile(world, [
      record(1, { timestamp: now }),
      record(2, { timestamp: '1999-01-01T00:00:00.000Z' }),
      record(3),
    ]);
    expect(await indicesOf(names)).toEqual([`${names.all}-${now.slice(0, 7)}-000001`, `${names.all}-rest-000001`]);
    expect(await messages(world)).toEqual(['line 1', 'line 2', 'line 3']);
    expect(await countOf(world)).toBe(3);
  });

  test('an index of an earlier release gets the fields that it lacks, and keeps its lines', async () => {
    const { world, names } = await open(`test-${randomUUID()}`);
    const client = openClient();
    const [index = ''] = await indicesOf(names);
    const [mapping] = Object.values(await client.indices.getMapping({ index }));
    const { line_end: _, ...properties } = mapping?.mappings.properties ?? {};
    const alias = names.writeAlias('rest');
    await client.indices.delete({ index });
    await client.indices.deleteIndexTemplate({ name: names.template });
    const aliases = { [names.all]: {}, [alias]: { is_write_index: true } };
    await client.indices.create({ index, aliases, mappings: { ...mapping?.mappings, properties } });
    await addFile(world, [record(1), record(2, { message: 'of the earlier release' })]);
    await prepareIndices(client, names);
    const records = [record(1, { lineEnd: 9 }), record(10, { message: 'found' })];
    const file_id = await addFile(world, records);
    const { results } = await search(world, { file_id, q: 'found', context: 1 });
    expect(results.map(({ context }) => context?.before)).toMatchObject([[{ line: 1, line_end: 9 }]]);
    expect((await messages(world, { q: 'earlier' })).length).toBe(1);
  });

  test.for(['all', 'write'] as const)('an index with the name of the alias "%s" is refused', async (alias) => {
    const names = new IndexNames(`test-${randomUUID()}`);
    const client = openClient();
    const index = alias === 'all' ? names.all : names.writeAlias('rest');
    await client.indices.create({ index });
    const preparing = prepareIndices(client, names);
    await expect(preparing).rejects.toThrow(SchemaMismatch);
    await expect(preparing).rejects.toThrow(`expected index ${index} to have mapping version`);
  });
});
