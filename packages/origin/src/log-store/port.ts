import type { LogStats, SearchAnswer, SearchQuery, StatsQuery } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';

/**
 * Where the records are: searched and counted. Adapters are held by one contract suite (`contract.ts`).
 *
 * Invariant: a file is visible wholly or not at all. No answer counts a record of a file that is not `indexed`.
 */
export interface LogStore {
  /**
   * Takes the records of one file, batch by batch, and makes them findable once the file's row says `indexed`. Records
   * left by an earlier attempt are replaced. Rejects with `IngestSuperseded` when a later attempt has begun, or the file
   * was deleted; then nothing that a later attempt wrote was touched.
   */
  write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void>;
  /**
   * Removes every record of a file that is `deleted` or `failed`, a bounded number at a time. Can be repeated, and resumed
   * half-way.
   */
  remove(fileId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Text: a word is a run of letters and digits, in any case; everything else separates. `10.251.73.220` or
   * `"Failed password"` are phrases: their words must follow each other. Every term must occur, except one after `-`,
   * which must not; `OR` joins the two terms beside it. A query that holds no word at all, but is not blank, finds nothing.
   *
   * Order: `newest` by timestamp, then file, then line, all descending; `oldest` all ascending; records without a
   * timestamp come last in both. So no two records tie, and pages neither overlap nor leave a gap.
   *
   * Once `signal` is aborted the store stops working on it, and the call rejects with the signal's reason.
   */
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchAnswer>;
  /** All numbers are of one state of the store, even while files come and go. `signal` as in `search`. */
  stats(query: StatsQuery, signal?: AbortSignal): Promise<LogStats>;
}
