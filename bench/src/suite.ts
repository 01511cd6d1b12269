export interface SuiteOptions {
  /** A tenth of the data, for a first look. */
  readonly quick: boolean;
  /** Tells the person who waits. */
  say(line: string): void;
}
