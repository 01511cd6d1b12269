import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../log-record.ts';

/** Number of stored records of a file per level; a level without records is absent. */
export type LevelCounts = Readonly<Partial<Record<Level, number>>>;

/** Moves the records of whole files from one log store to another, and compares what both have. */
export interface RecordTransfer {
  /**
   * Yields the records of a file in the order of their lines, at most 500 at a time, whatever the status of the file is. The
   * caller must know that the file is complete and does not change. Asks the store for more only as the caller reads.
   */
  read(fileId: string, signal?: AbortSignal): AsyncIterable<readonly LogRecord[]>;
  /**
   * Writes the records of a file that is `indexed`, in place of everything that the store has of it. `attempt` is a new number
   * of the file, which fences off every other writer of it. Rejects with `IngestSuperseded` if the file is not `indexed` any more
   * or has a later number; none of the records are then kept. An error of `batches` is passed on unchanged; the next call
   * replaces the records that this one wrote.
   */
  restore(fileId: string, attempt: number, batches: AsyncIterable<readonly LogRecord[]>): Promise<void>;
  /** Counts the stored records of files, visible or not. The answer has no entry for a file without records. */
  countLevels(fileIds: readonly string[]): Promise<ReadonlyMap<string, LevelCounts>>;
  /** Returns the ids of up to `limit` files of which the store has anything, visible or not, in order, beginning behind `after`. */
  storedFiles(after: string | null, limit: number): Promise<string[]>;
}
