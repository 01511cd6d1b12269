/** A reason to refuse uploads. */
export interface StorageProblem {
  /** The full part: the limit of the database, the disk below it, or the log store. */
  where: 'database' | 'disk' | 'log store';
  /** A message with the expected and the actual number, and the remedy. */
  reason: string;
}

/** Space for further data. */
export interface Storage {
  /**
   * Returns why `bytes` more cannot be stored, or null if no limit is known to be reached. The measurements are remembered
   * for some seconds. If no known limit is reached, rejects with the error of a measurement that failed: `OriginUnavailable`,
   * or another one for a wrong setting.
   */
  problem(bytes: number): Promise<StorageProblem | null>;
}
