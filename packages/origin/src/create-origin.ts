import { FILE_LIMITS, type FileLimits, ReaderEnded } from './ingest/index.ts';
import { ingestFile } from './ingest-file.ts';
import { IngestThreads } from './ingest-threads/ingest-threads.ts';
import { PostgresLogStore } from './log-store/postgres/postgres-log-store.ts';
import type { Files, IngestOptions, IngestResult, Origin } from './origin.ts';
import { Connections, type ConnectionsOptions } from './postgres/connections.ts';
import { PostgresFiles } from './postgres/files.ts';
import { migrate } from './postgres/migrate.ts';
import { PostgresOutbox } from './postgres/outbox.ts';
import { ping } from './postgres/ping.ts';
import { PostgresUploads } from './postgres/uploads.ts';

export interface OriginOptions {
  databaseUrl: string;
  /** A guard beside the API's own limit; no limit when absent. */
  uploadMaxBytes?: number;
  /** Connections for reads. Default 8: as many as the server has cores for, and a few that wait. */
  poolSize?: number;
  /** Connections for jobs, the outbox and deletes. Default 6. */
  workPoolSize?: number;
  /** The longest a statement of a search, stats or list may take. Default 30 s. */
  readTimeoutMs?: number;
  /** Uploads under way at a time; each holds up to 2 MiB of memory, and no connection while it waits. Default 32. */
  uploadsAtATime?: number;
  /**
   * Files that are read at a time, each in a thread of its own with three connections; more wait. Default 0: `ingest` reads
   * in the caller's thread, whose loop a hostile file may then keep busy.
   */
  ingestThreads?: number;
  /** Default: `FILE_LIMITS`. */
  fileLimits?: Partial<FileLimits>;
  /** Told of what nobody waits for: a lost connection, an event that this version cannot read. */
  onError: (error: unknown) => void;
}

/** Connections for the chunks of uploads. */
const UPLOAD_CONNECTIONS = 8;

/** Wires the origin. No connection is made before the first call; `close` ends them all. */
export function createOrigin(options: OriginOptions): Origin {
  const { databaseUrl, onError, uploadsAtATime = 32 } = options;
  const connect = (limits: Omit<ConnectionsOptions, 'databaseUrl' | 'onError'>): Connections =>
    new Connections({ databaseUrl, onError, ...limits });
  const cancels = connect({ name: 'cancels', max: 1, statementTimeoutMs: 2_000, idleInTransactionMs: 2_000 });
  const reads = connect({
    name: 'reads',
    max: options.poolSize ?? 8,
    statementTimeoutMs: options.readTimeoutMs ?? 30_000,
    idleInTransactionMs: 10_000,
    cancels,
  });
  const work = connect({
    name: 'work',
    max: options.workPoolSize ?? 6,
    statementTimeoutMs: 30_000,
    idleInTransactionMs: 30_000,
  });
  const uploading = connect({
    name: 'uploads',
    max: UPLOAD_CONNECTIONS,
    statementTimeoutMs: 10_000,
    idleInTransactionMs: 10_000,
  });
  const logs = new PostgresLogStore(reads, work);
  const files = new PostgresFiles(reads, work, logs);
  const limits = { ...FILE_LIMITS, ...options.fileLimits };
  const threads =
    options.ingestThreads === undefined || options.ingestThreads === 0
      ? null
      : new IngestThreads({ threads: options.ingestThreads, databaseUrl, limits, onError });
  return {
    files,
    uploads: new PostgresUploads(uploading, {
      max: uploadsAtATime,
      statements: UPLOAD_CONNECTIONS,
      maxBytes: options.uploadMaxBytes ?? null,
      onError,
    }),
    logs,
    outbox: new PostgresOutbox(work, { databaseUrl, onError }),
    ingest: (fileId: string, ingestOptions: IngestOptions = {}) =>
      threads === null
        ? ingestFile({ reads, work, logs, limits }, fileId, ingestOptions)
        : ingestInThreads({ threads, files }, fileId, ingestOptions),
    migrate: () => migrate(databaseUrl),
    ping: () => ping(databaseUrl),
    close: async () => {
      await threads?.close();
      await Promise.all([reads.close(), work.close(), uploading.close(), cancels.close()]);
    },
  };
}

/** A file that its reader hangs in, or that is too much for its memory, would be so at every further attempt. */
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
