export interface SuiteOptions {
  /** A tenth of the data, for a quick run. */
  readonly quick: boolean;
  /** Also ten times the data, in suites that have such a step. */
  readonly full: boolean;
  /** The parts to run, in suites that have parts. Defaults to all. */
  readonly only?: readonly string[];
  /** Number of lines instead of the suite's own. */
  readonly lines?: number;
  /** Whether to keep the results and to write the page of performance, in the suite of the engine. */
  readonly page?: boolean;
  /** Prints a progress line for the user. */
  log(line: string): void;
  /** Prints a part of the result. */
  print(text: string): void;
}
