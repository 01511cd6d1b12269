/** How a command ended, as its exit code. A code never changes its meaning, because scripts depend on it. */
export const EXIT_CODES = {
  /** The command did all of its work. */
  done: 0,
  /** The command could not do its work; standard error says why. Repeat it once the cause is removed. */
  failed: 1,
  /** The arguments or the environment are not valid; nothing was done. */
  invalid: 2,
  /** The command did its work and found differences, which it lists. */
  different: 3,
  /** A signal stopped the command. */
  stopped: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
