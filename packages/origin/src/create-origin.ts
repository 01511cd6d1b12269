import { FILE_LIMITS, type FileLimits, ReaderEnded } from './ingest/index.ts';
import type { Shape } from './ingest/shapes/shape.ts';
import { ingestStoredFile } from './ingest-stored-file.ts';
import { IngestThreads } from './ingest-threads/ingest-threads.ts';
import type { ElasticsearchOptions } from './log-store/elasticsearch/client.ts';
import { openLogStore } from './log-store/open-log-store.ts';
import type { LogStore } from './log-store/port.ts';
import { SearchBudget } from './log-store/search-budget.ts';
import type { Files, IngestOptions, IngestResult, Origin } from './origin.ts';
import { PostgresAudit } from './postgres/audit.ts';
import type { Connections } from './postgres/connections.ts';
import { PostgresFiles } from './postgres/files.ts';
import { PostgresIndexedFiles } from './postgres/indexed-files.ts';
import { migrate } from './postgres/migrate.ts';
import { PostgresOutbox } from './postgres/outbox.ts';
import { ping } from './postgres/ping.ts';
import { openPools, type Pools, type PoolsOptions, READ_TIMEOUT_MS, UPLOAD_CONNECTIONS } from './postgres/pools.ts';
import { PostgresProgress } from './postgres/progress.ts';
import { PostgresRetention } from './postgres/retention.ts';
import { PostgresStorage, type StorageLimits } from './postgres/storage.ts';
import { PostgresStreams } from './postgres/streams.ts';
import { UploadStore } from './postgres/upload-store.ts';
import { PostgresUploads } from './postgres/uploads.ts';
import { NO_QUOTAS, type Quotas } from './quotas.ts';
import { compareLogStore } from './reindex/compare-log-store.ts';
import { STREAM_LIMITS, type StreamLimits } from './streams.ts';

export interface OriginOptions extends PoolsOptions {
  /** Keeps the records in Elasticsearch. Defaults to the database. */
  elasticsearch?: ElasticsearchOptions | null;
  /**
   * The maximum duration of one search, in ms. A longer one is cancelled on the server and rejects with `SearchTooSlow`. Defaults to no
   * limit beside that of each statement.
   */
  searchTimeoutMs?: number | null;
  /** Rejects larger uploads, in addition to the API's own limit. Defaults to no limit. */
  uploadMaxBytes?: number;
  /**
   * Number of concurrent uploads. Each takes up to 2 MiB of memory and holds no connection between chunks. Defaults to
   * 32.
   */
  uploadsAtATime?: number;
  /**
   * Number of files read concurrently, each in its own thread with three connections; further files wait. Defaults to
   * 0: `ingest` then reads in the caller's thread, and a hostile file can block its event loop.
   */
  ingestThreads?: number;
  /** Quotas of uploads. Defaults to none. */
  quotas?: Quotas;
  /** When `storage` reports a problem. Defaults to no limits. */
  storageLimits?: StorageLimits;
  /** When the open file of a stream is rolled. Defaults to `STREAM_LIMITS`. */
  streamLimits?: Partial<StreamLimits>;
  /** Defaults to `FILE_LIMITS`. */
  fileLimits?: Partial<FileLimits>;
  /** Text formats of users, from `parseUserShapes`. They are tried before the built-in ones. */
  shapes?: readonly Shape[];
}

const NO_STORAGE_LIMITS: StorageLimits = { databaseMaxBytes: null, directory: null, minFreeBytes: 0 };

/** Builds the origin. It connects on the first call; `close` ends every connection. */
export function createOrigin(options: OriginOptions): Origin {
  const { databaseUrl, onError, ingestThreads = 0, readTimeoutMs = READ_TIMEOUT_MS, elasticsearch = null } = options;
  const { shapes = [] } = options;
  const pools = openPools(options);
  const { reads, work } = pools;
  const searchBudget = new SearchBudget(
    options.searchTimeoutMs ?? null,
    options.elasticsearch ? 'Elasticsearch' : 'Postgres',
  );
  const logs = openLogStore({ reads, work, elasticsearch, readTimeoutMs, searchBudget, onError });
  const files = new PostgresFiles(reads, work, logs);
  const limits = { ...FILE_LIMITS, ...options.fileLimits };
  const data = { databaseUrl, elasticsearch, limits, shapes, onError };
  const threads = ingestThreads === 0 ? null : new IngestThreads({ threads: ingestThreads, ...data });
  return {
    files,
    ...createUploads(pools, options),
    logs,
    outbox: new PostgresOutbox(work, { databaseUrl, onError }),
    progress: new PostgresProgress(reads, work),
    indexedFiles: new PostgresIndexedFiles(reads),
    retention: new PostgresRetention(reads, work),
    audit: new PostgresAudit(work),
    storage: new PostgresStorage(reads, options.storageLimits ?? NO_STORAGE_LIMITS, logs.server),
    ingest: (fileId: string, ingestOptions: IngestOptions = {}) =>
      threads === null
        ? ingestStoredFile({ reads, work, logs, limits, shapes }, fileId, ingestOptions)
        : ingestInThreads({ threads, files }, fileId, ingestOptions),
    migrate: async () => {
      await migrate(databaseUrl);
      await logs.server?.prepare();
    },
    slowSearches: () => searchBudget.exceeded,
    pools: () => Object.values(pools).map(({ state }) => state),
    ping: () => ping(databaseUrl),
    ...checksOf(logs, work),
    close: async () => {
      await threads?.close();
      await logs.server?.close();
      await Promise.all(Object.values(pools).map((pool) => pool.close()));
    },
  };
}

function checksOf(logs: LogStore, work: Connections): Pick<Origin, 'pingLogStore' | 'compareLogStore'> {
  return {
    pingLogStore: () => pingLogStore(logs),
    compareLogStore: (signal) => compareLogStore({ work, logs }, signal),
  };
}

/** Uploads and streams share the connections for bytes, and each has its own turns. */
function createUploads({ work, uploading }: Pools, options: OriginOptions): Pick<Origin, 'uploads' | 'streams'> {
  const shared = {
    store: new UploadStore(uploading, UPLOAD_CONNECTIONS, options.onError),
    max: options.uploadsAtATime ?? 32,
    maxBytes: options.uploadMaxBytes ?? null,
    quotas: options.quotas ?? NO_QUOTAS,
  };
  const limits = { ...STREAM_LIMITS, ...options.streamLimits };
  return {
    uploads: new PostgresUploads(uploading, shared),
    streams: new PostgresStreams(work, { ...shared, limits }),
  };
}

async function pingLogStore({ server }: LogStore): Promise<boolean> {
  await server?.ping();
  return server !== undefined;
}

/** Fails the file if its reader hangs or runs out of memory, because every further attempt would end the same way. */
async function ingestInThreads(
  { threads, files }: { threads: IngestThreads; files: Files },
  fileId: string,
  options: IngestOptions,
): Promise<IngestResult> {
  try {
    return await threads.ingest(fileId, options);
  } catch (error) {
    if (!(error instanceof ReaderEnded)) throw error;
    const event = await files.fail(fileId, error.message);
    if (event === null) throw error;
    return { outcome: 'failed', event, error: error.message };
  }
}
