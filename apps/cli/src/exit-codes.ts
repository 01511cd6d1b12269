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
  /** The api does not answer at `PILOTLIGHT_URL`. */
  unreachable: 4,
  /** The api does not know the token (401). */
  unknownToken: 5,
  /** The token does not have the right (403). */
  forbidden: 6,
  /** The api answers no more requests of this token or address for a while (429). */
  limited: 7,
  /** A signal stopped the command. */
  stopped: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
