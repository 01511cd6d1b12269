import { writeFileSync } from 'node:fs';

/** The counts of one command; scripts/full-run.mjs reads them. */
export interface TallyOfRun {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  /** One line for each failed test. */
  readonly failures: readonly string[];
}

export function writeTally(file: string, { passed, failed, skipped, failures }: TallyOfRun): void {
  writeFileSync(file, `${JSON.stringify({ passed, failed, skipped: skipped.length, failures })}\n`);
}
