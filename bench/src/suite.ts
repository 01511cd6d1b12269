export interface SuiteOptions {
  /** A tenth of the data, for a quick run. */
  readonly quick: boolean;
  /** Prints a progress line for the user. */
  log(line: string): void;
}
