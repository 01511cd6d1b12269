import type { LevelCounts } from '../log-store/record-transfer.ts';

interface Amount {
  files: number;
  records: number;
}

export interface ReindexProgress {
  /** Counted from 1. A pass looks at every indexed file; passes are repeated until one finds nothing to do. */
  pass: number;
  /** What this pass has copied or found complete. */
  done: Amount;
  /** What the database listed as indexed when the pass began. */
  total: Amount;
  /** What all passes have copied so far. */
  copied: Amount;
  /** Time spent on copying so far, in ms; without the time for counting. */
  copyingMs: number;
}

/** A file that the two stores do not have alike. */
export interface FileDifference {
  fileId: string;
  /** Number of records that the file's row has. */
  expected: number;
  source: LevelCounts;
  target: LevelCounts;
}

export interface ReindexResult {
  passes: number;
  copied: Amount;
  /** Number of files whose records were removed from the target, because they were deleted or have failed. */
  removed: number;
  /** What the last pass found equal in both stores, or complete at the target. */
  compared: Amount;
  differences: FileDifference[];
  /** Files at the target that the database has no record of. */
  unknown: string[];
  /** Whether the last pass found nothing to do. */
  isSettled: boolean;
}

export function recordsOf(counts: LevelCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
