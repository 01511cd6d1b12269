import type { Client } from '@elastic/elasticsearch';
import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { IngestSuperseded, OriginError, OriginUnavailable } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { LogStore, LogStoreServer } from '../port.ts';
import { asking } from './as-origin-error.ts';
import { createClient, type ElasticsearchOptions } from './client.ts';
import { IndexNames, pingIndices, prepareIndices } from './index-layout.ts';
import { RecordWriter } from './record-writer.ts';
import { removeLines } from './remove-lines.ts';
import { search } from './search.ts';
import { stats } from './stats.ts';
import { type VisibleSnapshot, withVisibleSnapshot } from './visible-snapshot.ts';
import { WriteTargets } from './write-targets.ts';

export interface ElasticsearchLogStoreOptions {
  elasticsearch: ElasticsearchOptions;
  /** Connections to the `files` table, which says which files are visible and which attempt may write. */
  reads: Connections;
  work: Connections;
  /** Time limit of one search, in ms. */
  readTimeoutMs: number;
  /** Receives errors that no caller awaits. */
  onError: (error: unknown) => void;
}

/** A bulk request of an overloaded server takes this long at most. */
const WRITE_TIMEOUT_MS = 60_000;

/** Keeps the records in Elasticsearch, and the files they belong to in Postgres. */
export class ElasticsearchLogStore implements LogStore {
  readonly #options: ElasticsearchLogStoreOptions;
  readonly #names: IndexNames;
  readonly #readClient: Client;
  readonly #writeClient: Client;
  readonly server: LogStoreServer;

  constructor(options: ElasticsearchLogStoreOptions) {
    this.#options = options;
    this.#names = new IndexNames(options.elasticsearch.indexPrefix);
    this.#readClient = createClient(options.elasticsearch, options.readTimeoutMs + 1_000);
    this.#writeClient = createClient(options.elasticsearch, WRITE_TIMEOUT_MS);
    this.server = {
      prepare: () => prepareIndices(this.#writeClient, this.#names),
      ping: () => pingIndices(this.#readClient, this.#names),
      close: async () => {
        await Promise.all([this.#readClient.close(), this.#writeClient.close()]);
      },
    };
  }

  async write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void> {
    const client = this.#writeClient;
    const targets = new WriteTargets(client, this.#names);
    const assertCurrent = () => this.#assertCurrent(fileId, attempt);
    const writer = new RecordWriter({ client, targets, fileId, attempt, assertCurrent });
    try {
      await assertCurrent();
      for await (const records of batches) await writer.write(records);
      await writer.end();
      await this.#complete({ fileId, attempt, written: writer.written });
      // A request that was sent while a later attempt began must not leave its lines behind.
      await assertCurrent();
    } catch (error) {
      await writer.settle();
      if (error instanceof IngestSuperseded) {
        await removeLines({ client, names: this.#names }, fileId, { before: attempt + 1 });
      }
      throw error;
    }
  }

  /** Removes the lines that only earlier attempts wrote and makes the others searchable. */
  async #complete({ fileId, attempt, written }: { fileId: string; attempt: number; written: number }): Promise<void> {
    const client = this.#writeClient;
    if (attempt > 1) await removeLines({ client, names: this.#names }, fileId, { before: attempt });
    else await asking(() => client.indices.refresh({ index: this.#names.all }));
    const { count, _shards } = await asking(() =>
      client.count({ index: this.#names.all, query: { term: { file_id: fileId } } }),
    );
    if (_shards.failed > 0) throw new OriginUnavailable('Elasticsearch could not count the lines: a shard failed');
    if (count === written) return;
    await this.#assertCurrent(fileId, attempt);
    throw new OriginError(
      'LINES_MISSING',
      `expected ${written} lines of file ${fileId} in Elasticsearch after attempt ${attempt}, got ${count}`,
    );
  }

  async #assertCurrent(fileId: string, attempt: number): Promise<void> {
    const current = await this.#options.work.queryOne(
      `SELECT 1 FROM files WHERE id = $1 AND ingest_attempt = $2 AND status = 'indexing'`,
      [fileId, attempt],
    );
    if (current.length === 0) throw new IngestSuperseded(fileId, attempt);
  }

  async remove(fileId: string, signal?: AbortSignal): Promise<void> {
    await removeLines({ client: this.#writeClient, names: this.#names }, fileId, { signal });
  }

  async search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer> {
    const startedAt = performance.now();
    const answer = await this.#snapshot((snapshot) => search(snapshot, query), signal);
    return { ...answer, took_ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  }

  async stats(query: StatsQuery, signal?: AbortSignal): Promise<LogStats> {
    return await this.#snapshot((snapshot) => stats(snapshot, query), signal);
  }

  /** The server counts at each read, so nothing is kept beside the records. */
  async backfill(): Promise<number> {
    return 0;
  }

  async #snapshot<T>(work: (snapshot: VisibleSnapshot) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { reads, readTimeoutMs: timeoutMs, onError } = this.#options;
    signal?.throwIfAborted();
    return await withVisibleSnapshot(
      { client: this.#readClient, names: this.#names, reads, timeoutMs, onError, signal },
      work,
    );
  }
}
