import { writeFileSync } from 'node:fs';

/** What one command came to; scripts/full-run.mjs reads it. */
export interface TallyOfRun {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

export function writeTally(file: string, { passed, failed, skipped }: TallyOfRun): void {
  writeFileSync(file, `${JSON.stringify({ passed, failed, skipped: skipped.length })}\n`);
}
