/** Outcome of one command. `problem` says why it counts as failed without a failed test. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
  problem: string | null;
}

export interface Command {
  name: string;
  argv: string[];
}

export function outcomeOf(ended: { code: number | null; tally: string | null }): Outcome;
export function totalLine(outcomes: Pick<Outcome, 'passed' | 'failed' | 'skipped'>[]): string;
export function runAll(commands: Command[], options: { cwd: string; log: (line: string) => void }): Promise<number>;
