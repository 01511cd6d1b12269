import process from 'node:process';

/** Where a command writes. Results go to standard output; progress and errors go to standard error. */
export interface Terminal {
  /** Writes text to standard output, as it is. */
  out(text: string): void;
  /** Writes text to standard error, as it is. */
  err(text: string): void;
  /** Whether standard error is a terminal, so that a line may be replaced. */
  readonly isInteractive: boolean;
  /** The width of standard output in characters; null if it is not a terminal. */
  readonly columns: number | null;
}

/** Returns the terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : null,
  };
}
