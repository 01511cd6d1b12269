/** Why no upload can be stored now. */
export interface StorageProblem {
  /** What is full: the limit of the database, the disk below it, or the log store. */
  where: 'database' | 'disk' | 'log store';
  /** What was expected, what is there, and what to do. */
  reason: string;
}

/** Space for further data. */
export interface Storage {
  /**
   * Returns why `bytes` more cannot be stored, or null if no limit is known to be reached. The measurements are remembered
   * for some seconds. Rejects with `OriginUnavailable` if they cannot be taken.
   */
  problem(bytes: number): Promise<StorageProblem | null>;
}
