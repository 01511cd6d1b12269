import { createOrigin, type Origin } from '@pilotlight/origin';
import { type Services, startServices } from '@pilotlight/stack';
import { Client } from 'pg';
import type { SuiteOptions } from '../suite.ts';

const INDEX_PREFIX = 'bench';

/** A log store that holds the records, and its size on disk. */
export interface ScaleStore {
  readonly name: 'Postgres' | 'Elasticsearch';
  readonly origin: Origin;
  /** Brings the store into the state that it reaches by itself when no file arrives for a minute. */
  settle(): Promise<void>;
  /** Bytes on disk by part. */
  sizes(): Promise<Readonly<Record<string, number>>>;
}

export interface ScaleStores {
  readonly postgres: ScaleStore;
  /** The reason is logged if this machine has no Elasticsearch. */
  readonly elasticsearch: ScaleStore | null;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** Starts the servers and migrates both stores. */
export async function openStores({ log }: Pick<SuiteOptions, 'log'>): Promise<ScaleStores> {
  const services = await startWithElasticsearch(log);
  const origins: Origin[] = [];
  const open = async (databaseUrl: string, url?: string): Promise<Origin> => {
    const origin = createOrigin({
      databaseUrl,
      ...(url !== undefined && { elasticsearch: { url, indexPrefix: INDEX_PREFIX } }),
      ingestThreads: 1,
      readTimeoutMs: 600_000,
      onError: (error) => log(String(error)),
    });
    origins.push(origin);
    await origin.migrate();
    return origin;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(origins.map((origin) => origin.close()));
    await services.stop();
  };
  try {
    const { DATABASE_URL: databaseUrl, ELASTICSEARCH_URL: url } = services.env;
    const postgres = postgresStore(await open(databaseUrl), databaseUrl);
    const elasticsearch =
      url === undefined ? null : elasticsearchStore(await open(await anotherDatabase(databaseUrl), url), url);
    return { postgres, elasticsearch, databaseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWithElasticsearch(log: SuiteOptions['log']): Promise<Services> {
  try {
    return await startServices({ ephemeral: true, elasticsearch: true, log });
  } catch (error) {
    log(`Elasticsearch is not measured: ${error instanceof Error ? error.message : String(error)}`);
    return await startServices({ ephemeral: true, log });
  }
}

function postgresStore(origin: Origin, databaseUrl: string): ScaleStore {
  return {
    name: 'Postgres',
    origin,
    settle: async () => {
      await withClient(databaseUrl, (client) => client.query('VACUUM (ANALYZE)'));
    },
    sizes: () =>
      withClient(databaseUrl, async (client) => {
        const { rows } = await client.query<{ part: string; bytes: string }>(
          `SELECT 'table' AS part, pg_table_size('log_lines') AS bytes
           UNION ALL SELECT 'indexes', pg_indexes_size('log_lines')
           UNION ALL SELECT 'roll-ups', sum(pg_total_relation_size(oid)) FROM pg_class
             WHERE relname IN ('file_roll_ups', 'file_groups', 'file_buckets', 'file_sources', 'file_times')`,
        );
        return Object.fromEntries(rows.map(({ part, bytes }) => [part, Number(bytes)]));
      }),
  };
}

function elasticsearchStore(origin: Origin, url: string): ScaleStore {
  return {
    name: 'Elasticsearch',
    origin,
    settle: async () => {
      await fetchJson(`${url}/${INDEX_PREFIX}-*/_flush`, 'POST');
    },
    sizes: async () => {
      const { _all } = (await fetchJson(`${url}/${INDEX_PREFIX}-*/_stats/store`)) as {
        _all: { primaries: { store: { size_in_bytes: number } } };
      };
      return { store: _all.primaries.store.size_in_bytes };
    },
  };
}

async function fetchJson(url: string, method = 'GET'): Promise<unknown> {
  const answer = await fetch(url, { method });
  if (!answer.ok) throw new Error(`${method} ${url}: expected 200, got ${answer.status}: ${await answer.text()}`);
  return await answer.json();
}

/** Creates a database for the files whose records are in Elasticsearch, on the same server. */
async function anotherDatabase(databaseUrl: string): Promise<string> {
  await withClient(databaseUrl, (client) => client.query('CREATE DATABASE bench_elasticsearch TEMPLATE template0'));
  const url = new URL(databaseUrl);
  url.pathname = '/bench_elasticsearch';
  return url.href;
}

async function withClient<T>(databaseUrl: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
