import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';
import type { RecordTransfer } from './record-transfer.ts';

export type LogStoreName = 'postgres' | 'elasticsearch';

/**
 * Stores, searches and counts records. One contract suite (`testing/log-store-contract.ts`) tests every adapter.
 *
 * Invariant: a file is visible as a whole or not at all. No answer counts a record of a file that is not `indexed`.
 */
export interface LogStore extends RecordTransfer {
  /** The server that keeps the records. */
  readonly name: LogStoreName;
  /**
   * How long after the end of an attempt a request that it sent may still add records, in ms; 0 if the store refuses such a
   * request. The row of a deleted file hides them for that time.
   */
  readonly lateWriteMs: number;
  /**
   * Writes the records of one file, batch by batch; searches find them once the file's row says `indexed`. Replaces the
   * records of an earlier attempt. Rejects with `IngestSuperseded` if a later attempt has begun or the file was
   * deleted; the records of a later attempt are then untouched.
   *
   * Returns the bytes of the records as the store received them: the rows, or the documents, without any index.
   */
  write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<number>;
  /**
   * Removes every record of a file that is `deleted` or `failed`, in bounded batches. Can be repeated, and resumed
   * after an interruption.
   */
  remove(fileId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Searches the visible records.
   *
   * Text: `parseSearch` of contracts defines the language and rejects with `SearchSyntaxError`; `wordsOf` defines a word. The
   * words of a term must follow each other, in the message or in one column; `10.251.73.220` has four words. Columns are
   * compared exactly.
   *
   * Hits: `highlight` and `context` come from `highlight.ts` and `search-context.ts`, so that all stores give the same.
   *
   * Order: `newest` sorts by timestamp, then file, then line, all descending; `oldest` sorts all ascending. Records
   * without a timestamp come last in both. `line` is the order of the lines of one file. No order has ties, so pages neither
   * overlap nor leave a gap.
   *
   * Depth: the answer's `next` is a cursor (`search-cursor.ts`), the place of its last record. A page with `after` begins
   * behind that place, whether its record still exists or not. Rejects with `BadCursor`.
   *
   * Total: exact up to 10,000 matches. Of more matches, `total` is 10,000 and `total_relation` is `gte`, even if the
   * store knows the number, so that all stores answer alike.
   *
   * Once `signal` is aborted, the store stops working on the search and the call rejects with the signal's reason. A search that exceeds
   * its budget is stopped in the same way and rejects with `SearchTooSlow`.
   */
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer>;
  /**
   * Counts the visible records. All numbers describe one state of the store, even while files come and go. `signal`
   * works as in `search`.
   */
  stats(query: StatsQuery, signal?: AbortSignal): Promise<LogStats>;
  /**
   * Computes what the store keeps beside the records, such as counts, for files that an older version wrote. Answers stay
   * the same, within the errors that `LogStats` states, except those that an event of the file announces: its words may become
   * searchable in other forms. Does a bounded amount of work and returns the number of files; 0 if there is
   * nothing to do. Can be repeated, and resumed after an interruption.
   */
  backfill(signal?: AbortSignal): Promise<number>;
  /** The server of a store that has one of its own, beside the database. */
  readonly server?: LogStoreServer;
}

/** The server of a log store. */
export interface LogStoreServer {
  /**
   * Creates what the store needs there. Can be repeated, and called by several processes at once. Rejects with
   * `SchemaMismatch` if the server cannot be used.
   */
  prepare(): Promise<void>;
  /** Resolves once the server answers. Rejects with `OriginUnavailable` after 2 s. */
  ping(): Promise<void>;
  /** Returns why the server refuses further records for lack of disk space, or null if it does not. */
  refusal(): Promise<string | null>;
  close(): Promise<void>;
}
