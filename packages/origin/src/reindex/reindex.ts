import { v7 as uuidv7 } from 'uuid';
import type { ElasticsearchOptions } from '../log-store/elasticsearch/client.ts';
import { ElasticsearchLogStore } from '../log-store/elasticsearch/elasticsearch-log-store.ts';
import type { LogStoreName } from '../log-store/port.ts';
import { PostgresLogStore } from '../log-store/postgres/postgres-log-store.ts';
import { appendEvent } from '../postgres/append-event.ts';
import { Connections } from '../postgres/connections.ts';
import { migrate } from '../postgres/migrate.ts';
import { copyAll } from './copy-all.ts';
import type { ReindexProgress, ReindexResult } from './outcome.ts';
import { withReindexLock } from './reindex-lock.ts';

export interface ReindexOptions {
  databaseUrl: string;
  elasticsearch: ElasticsearchOptions;
  /** The store to copy to; the other one is the source. */
  to: LogStoreName;
  /** Also removes the lines of files that the database has no record of. By default they are only listed. */
  removeUnknown?: boolean;
  signal?: AbortSignal;
  /** Called for every few hundred lines and every page of files. */
  onProgress?: (progress: ReindexProgress) => void;
  /** Receives errors that no caller awaits. */
  onError: (error: unknown) => void;
}

/** A file is one transaction at the target, so a statement may take long: 10 million lines take minutes. */
const FILE_TIMEOUT_MS = 3_600_000;
/** How long a transaction at the target may wait for the source. */
const SOURCE_TIMEOUT_MS = 600_000;
/** One for the files, one for the source, one for the target, one more for a check meanwhile. */
const CONNECTIONS = 4;

/**
 * Copies the records of every indexed file from one log store to the other, until both have the same, then compares them.
 * Reads, uploads and deletions continue meanwhile. Files that the target has completely are not copied again, so a later call
 * continues after an interruption.
 *
 * Rejects with `OriginUnavailable` while a store cannot answer, with `SchemaMismatch` if one does not fit this code, and with
 * `ReindexRunning` if another call works on the same database.
 */
export async function reindex(options: ReindexOptions): Promise<ReindexResult> {
  const { databaseUrl, elasticsearch, to, signal, onError } = options;
  const work = new Connections({
    databaseUrl,
    name: 'reindex',
    max: CONNECTIONS,
    statementTimeoutMs: FILE_TIMEOUT_MS,
    idleInTransactionMs: SOURCE_TIMEOUT_MS,
    onError,
  });
  const inPostgres = new PostgresLogStore(work, work);
  const inElasticsearch = new ElasticsearchLogStore({
    elasticsearch,
    reads: work,
    work,
    readTimeoutMs: SOURCE_TIMEOUT_MS,
    onError,
  });
  const [source, target] = to === 'postgres' ? [inElasticsearch, inPostgres] : [inPostgres, inElasticsearch];
  try {
    await migrate(databaseUrl);
    return await withReindexLock(databaseUrl, async () => {
      signal?.throwIfAborted();
      await inElasticsearch.server.prepare();
      return await announcing(work, onError, () => copyAll({ ...options, work, source, target }));
    });
  } finally {
    await Promise.all([inElasticsearch.server.close(), work.close()]);
  }
}

/**
 * Writes an event that invalidates every cached answer once `copy` has ended, because the processes may read the target already. An
 * interrupted call cannot, so the call that continues it always does.
 */
async function announcing<T>(work: Connections, onError: (error: unknown) => void, copy: () => Promise<T>): Promise<T> {
  // The event is about no file in particular, and without an extent it affects all of the data.
  const announce = () => work.transaction((client) => appendEvent(client, 'file.changed', uuidv7()));
  try {
    const result = await copy();
    await announce();
    return result;
  } catch (error) {
    await announce().catch(onError);
    throw error;
  }
}
