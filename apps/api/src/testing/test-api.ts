import { type Config, createLogger, type Logger, readConfig } from '@pilotlight/runtime';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { createDatabase } from '@pilotlight/stack/testing';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { vi } from 'vitest';
import { type RunningApi, startApi } from '../start-api.ts';
import { type ApiRequests, requestsOf } from './api-requests.ts';

export const ADMIN_TOKEN = 'the-admin-token-of-tests';
export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` };

/** What the database has of uploads. */
interface UploadFacts {
  /** Returns the number of rows in the tables that an upload writes. */
  left(): Promise<{ files: number; chunks: number; uploads: number; events: number }>;
  /** Returns the number of open transactions on connections with this name. */
  openTransactions(applicationName: string): Promise<number>;
}

/** An api in this process, with its own two Redis servers and database. */
export interface TestApi extends ApiRequests, UploadFacts {
  readonly api: RunningApi;
  readonly cache: RunningRedis;
  readonly queue: RunningRedis;
  stop(): Promise<void>;
}

export interface TestApiOptions {
  /** The server on which to create an empty database. Defaults to a migrated database on the test run's server. */
  readonly postgresUrl?: string;
  /** Receives the log of the api. Defaults to one that drops all but fatal lines. */
  readonly logger?: Logger;
  /** Changes the servers before the api starts. With it, `startTestApi` does not wait until the api is ready. */
  readonly prepare?: (servers: { cache: RunningRedis; queue: RunningRedis }) => void;
}

export async function startTestApi(
  overrides: Partial<Config> = {},
  { postgresUrl, prepare, logger }: TestApiOptions = {},
): Promise<TestApi> {
  const [cache, queue, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    postgresUrl === undefined ? migratedDatabase() : createDatabase(postgresUrl),
  ]);
  const config: Config = {
    ...readConfig({
      DATABASE_URL: database.url,
      REDIS_CACHE_URL: cache.url,
      REDIS_QUEUE_URL: queue.url,
      ADMIN_TOKEN,
      PORT: '0',
    }),
    // Uploads stay queued, because no worker runs.
    ingestMaxWaitMs: 3_600_000,
    ...overrides,
  };
  prepare?.({ cache, queue });
  const api = await startApi(config, logger ?? createLogger({ level: 'fatal', forPeople: false, name: 'api' }));
  if (!prepare) {
    await api.migrated;
    await vi.waitUntil(() => api.deps.cache.internal.engine.follower.isCurrent, { timeout: 30_000 });
  }
  const db = new pg.Pool({ connectionString: database.url, max: 1 });
  db.on('error', () => undefined); // tests stop the server
  const stop = async () => {
    for (const step of api.shutdown) await step.run();
    await db.end();
    await Promise.all([cache.stop(), queue.stop(), database.drop().catch(() => undefined)]);
  };
  return {
    ...requestsOf(api),
    api,
    cache,
    queue,
    ...factsOf(db),
    stop,
  };
}

function factsOf(db: pg.Pool): UploadFacts {
  const count = async (table: string) => Number((await db.query(`SELECT count(*) FROM ${table}`)).rows[0].count);
  return {
    left: async () => ({
      files: await count('files'),
      chunks: await count('upload_chunks'),
      uploads: await count('uploads_under_way'),
      events: await count('outbox'),
    }),
    openTransactions: async (applicationName) => {
      const { rows } = await db.query(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1
           AND xact_start IS NOT NULL`,
        [applicationName],
      );
      return Number(rows[0].count);
    },
  };
}
