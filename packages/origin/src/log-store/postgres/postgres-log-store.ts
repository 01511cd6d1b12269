import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import { escapeLiteral } from 'pg';
import type { LogRecord } from '../../log-record.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { LogStore } from '../port.ts';
import type { LevelCounts } from '../record-transfer.ts';
import { SearchBudget } from '../search-budget.ts';
import { restoreRecords } from './restore-records.ts';
import { backfill } from './roll-up/backfill.ts';
import { removeRollUp } from './roll-up/store-roll-up.ts';
import { search } from './search/search.ts';
import { splitWordsAgain } from './split-words-again.ts';
import { stats } from './stats/stats.ts';
import { countLevels, readRecords, storedFiles } from './stored-records.ts';
import { type LineRange, RecordWriter } from './write-records.ts';

/** Deleting this number of lines takes less than a second. */
const LINES_PER_DELETE = 10_000;

/** One call of `backfill` reads about this many lines, which takes about half a minute. */
const LINES_PER_BACKFILL = 2_000_000;

/** Keeps the log store in the `log_lines` table, beside `files`. */
export class PostgresLogStore implements LogStore {
  readonly name = 'postgres';
  readonly lateWriteMs = 0;
  readonly #reads: Connections;
  readonly #work: Connections;
  readonly #budget: SearchBudget;

  /** @param budget of each search; defaults to no limit */
  constructor(reads: Connections, work: Connections, budget = new SearchBudget(null)) {
    this.#reads = reads;
    this.#work = work;
    this.#budget = budget;
  }

  async write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<number> {
    const writer = new RecordWriter(this.#work, fileId, attempt);
    try {
      for await (const range of this.#ranges(fileId)) await writer.remove(range);
      // The server processes a batch while the next one is read.
      for await (const records of batches) await writer.write(records);
      await writer.end();
      return writer.sentBytes;
    } finally {
      await writer.abort();
    }
  }

  async remove(fileId: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#work.using((client) => client.query(removeRollUp(escapeLiteral(fileId))));
    await this.#work.query('DELETE FROM file_words WHERE file_id = $1', [fileId]);
    for await (const { from, to } of this.#ranges(fileId)) {
      signal?.throwIfAborted();
      await this.#work.query('DELETE FROM log_lines WHERE file_id = $1 AND line BETWEEN $2 AND $3', [fileId, from, to]);
    }
  }

  read(fileId: string, signal?: AbortSignal): AsyncGenerator<readonly LogRecord[]> {
    return readRecords(this.#work, fileId, signal);
  }

  async restore(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void> {
    await restoreRecords(this.#work, { fileId, attempt }, batches);
  }

  async countLevels(fileIds: readonly string[]): Promise<ReadonlyMap<string, LevelCounts>> {
    return await countLevels(this.#work, fileIds);
  }

  async storedFiles(after: string | null, limit: number): Promise<string[]> {
    return await storedFiles(this.#work, after, limit);
  }

  async backfill(signal?: AbortSignal): Promise<number> {
    const counted = await backfill(this.#work, LINES_PER_BACKFILL, signal);
    return counted + (await splitWordsAgain(this.#work, LINES_PER_BACKFILL, signal));
  }

  /**
   * Yields line ranges that cover all records of a file. Asking for "any that remain" would read the dead rows again
   * each time.
   */
  async *#ranges(fileId: string): AsyncGenerator<LineRange> {
    const [row] = await this.#work.query<{ first: number | null; last: number | null }>(
      'SELECT min(line) AS first, max(line) AS last FROM log_lines WHERE file_id = $1',
      [fileId],
    );
    const { first = null, last = null } = row ?? {};
    if (first === null || last === null) return;
    for (let from = first; from <= last; from += LINES_PER_DELETE) yield { from, to: from + LINES_PER_DELETE - 1 };
  }

  async search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer> {
    const startedAt = performance.now();
    const answer = await this.#budget.run(
      (limited) => this.#reads.snapshot((statements) => search(statements, query), limited),
      signal,
    );
    return { ...answer, took_ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  }

  async stats(query: StatsQuery, signal?: AbortSignal): Promise<LogStats> {
    return await this.#reads.snapshot((statements) => stats(statements, query), signal);
  }
}
