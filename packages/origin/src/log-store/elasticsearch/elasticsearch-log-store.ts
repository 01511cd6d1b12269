import type { Client } from '@elastic/elasticsearch';
import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { IngestSuperseded, OriginError } from '../../errors.ts';
import type { LogRecord } from '../../log-record.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { LogStore, LogStoreServer } from '../port.ts';
import type { LevelCounts } from '../record-transfer.ts';
import { SearchBudget } from '../search-budget.ts';
import { asking } from './as-origin-error.ts';
import { createClient, type ElasticsearchOptions } from './client.ts';
import { databaseIdOf } from './database-id.ts';
import { IndexNames, pingIndices, prepareIndices, refreshIndices } from './index-layout.ts';
import { readOnlyBlock } from './read-only-block.ts';
import { RecordWriter } from './record-writer.ts';
import { refusePartial } from './refuse-partial.ts';
import { removeLines } from './remove-lines.ts';
import { search } from './search.ts';
import { stats } from './stats.ts';
import { countLevels, readRecords, storedFiles } from './stored-records.ts';
import { type VisibleSnapshot, withVisibleSnapshot } from './visible-snapshot.ts';
import { WriteTargets } from './write-targets.ts';

export interface ElasticsearchLogStoreOptions {
  elasticsearch: ElasticsearchOptions;
  /** Connections to the `files` table, which says which files are visible and which attempt may write. */
  reads: Connections;
  work: Connections;
  /** Time limit of one search, in ms. */
  readTimeoutMs: number;
  /** The budget of each search. Defaults to no limit. */
  searchBudget?: SearchBudget;
  /** Receives errors that no caller awaits. */
  onError: (error: unknown) => void;
}

/** A bulk request of an overloaded server takes this long at most. */
const WRITE_TIMEOUT_MS = 60_000;
/**
 * The server applies a bulk request that waits for a missing shard or lies in the buffer of a frozen server after its writer
 * has given up. A line that was never written has no version that could refuse it.
 */
const LATE_WRITE_MS = 15 * 60_000;

/** The right to write a file's records: the file has this number and this status. */
interface WriteRight {
  fileId: string;
  attempt: number;
  status: 'indexing' | 'indexed';
}

interface WrittenFile extends WriteRight {
  names: IndexNames;
  /** Number of lines that the attempt sent. */
  written: number;
}

/** Keeps the records in Elasticsearch, and the files they belong to in Postgres. */
export class ElasticsearchLogStore implements LogStore {
  readonly name = 'elasticsearch';
  readonly #options: ElasticsearchLogStoreOptions;
  #names: IndexNames | null = null;
  readonly #readClient: Client;
  readonly #writeClient: Client;
  readonly server: LogStoreServer;
  readonly lateWriteMs = LATE_WRITE_MS;

  constructor(options: ElasticsearchLogStoreOptions) {
    this.#options = options;
    this.#readClient = createClient(options.elasticsearch, options.readTimeoutMs + 1_000);
    this.#writeClient = createClient(options.elasticsearch, WRITE_TIMEOUT_MS);
    this.server = {
      prepare: async () => prepareIndices(this.#writeClient, await this.#indexNames()),
      ping: async () => pingIndices(this.#readClient, await this.#indexNames()),
      refusal: async () => readOnlyBlock(this.#readClient, await this.#indexNames()),
      close: async () => {
        await Promise.all([this.#readClient.close(), this.#writeClient.close()]);
      },
    };
  }

  async write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<number> {
    return await this.#replace({ fileId, attempt, status: 'indexing' }, batches);
  }

  async restore(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void> {
    await this.#replace({ fileId, attempt, status: 'indexed' }, batches);
  }

  /** Returns the bytes of the written documents. */
  async #replace(right: WriteRight, batches: AsyncIterable<readonly LogRecord[]>): Promise<number> {
    const { fileId, attempt } = right;
    const client = this.#writeClient;
    const names = await this.#indexNames();
    const targets = new WriteTargets(client, names);
    const assertCurrent = () => this.#assertCurrent(right);
    const writer = new RecordWriter({ client, targets, fileId, attempt, assertCurrent });
    try {
      await assertCurrent();
      for await (const records of batches) await writer.write(records);
      await writer.end();
      await this.#complete({ ...right, names, written: writer.written });
      // A request that was sent while a later attempt began must not leave its lines behind.
      await assertCurrent();
      return writer.writtenBytes;
    } catch (error) {
      await writer.settle();
      if (error instanceof IngestSuperseded) {
        await removeLines({ client, names }, fileId, { before: attempt + 1 });
      }
      throw error;
    }
  }

  /** Removes the lines that only earlier attempts wrote and makes the others searchable. */
  async #complete({ names, written, ...right }: WrittenFile): Promise<void> {
    const { fileId, attempt } = right;
    const client = this.#writeClient;
    if (attempt > 1) await removeLines({ client, names }, fileId, { before: attempt });
    else await refreshIndices(client, names);
    const answer = await asking(() => client.count({ index: names.all, query: { term: { file_id: fileId } } }));
    refusePartial(answer);
    const { count } = answer;
    if (count === written) return;
    await this.#assertCurrent(right);
    throw new OriginError(
      'LINES_MISSING',
      `expected ${written} lines of file ${fileId} in Elasticsearch after attempt ${attempt}, got ${count}`,
    );
  }

  async #assertCurrent({ fileId, attempt, status }: WriteRight): Promise<void> {
    const current = await this.#options.work.queryOne(
      'SELECT 1 FROM files WHERE id = $1 AND ingest_attempt = $2 AND status = $3',
      [fileId, attempt, status],
    );
    if (current.length === 0) throw new IngestSuperseded(fileId, attempt);
  }

  async *read(fileId: string, signal?: AbortSignal): AsyncGenerator<readonly LogRecord[]> {
    yield* readRecords(await this.#place(), fileId, signal);
  }

  async countLevels(fileIds: readonly string[]): Promise<ReadonlyMap<string, LevelCounts>> {
    return await countLevels(await this.#place(), fileIds);
  }

  async storedFiles(after: string | null, limit: number): Promise<string[]> {
    return await storedFiles(await this.#place(), after, limit);
  }

  /** Reads of whole files have the time limit of writes. */
  async #place(): Promise<{ client: Client; names: IndexNames }> {
    return { client: this.#writeClient, names: await this.#indexNames() };
  }

  async remove(fileId: string, signal?: AbortSignal): Promise<void> {
    await removeLines({ client: this.#writeClient, names: await this.#indexNames() }, fileId, { signal });
  }

  async search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer> {
    const startedAt = performance.now();
    const { searchBudget = new SearchBudget(null) } = this.#options;
    const answer = await searchBudget.run(
      (limited) => this.#snapshot((snapshot) => search(snapshot, query), limited),
      signal,
    );
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
      { client: this.#readClient, names: await this.#indexNames(), reads, timeoutMs, onError, signal },
      work,
    );
  }

  /** Asks the database until it has answered once. */
  async #indexNames(): Promise<IndexNames> {
    const { work, elasticsearch } = this.#options;
    this.#names ??= new IndexNames(`${elasticsearch.indexPrefix ?? 'pilotlight'}-${await databaseIdOf(work)}`);
    return this.#names;
  }
}
