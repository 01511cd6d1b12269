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
   * left by an earlier attempt are replaced. Rejects with `IngestSuperseded` when a later attempt has begun.
   */
  write(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void>;
  /** Removes up to `limit` records of a file; answers how many were there to remove (0: none is left). */
  remove(fileId: string, limit: number): Promise<number>;
  search(query: SearchQuery): Promise<SearchAnswer>;
  stats(query: StatsQuery): Promise<LogStats>;
}
