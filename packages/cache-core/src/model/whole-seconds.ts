/** The range of V8's small integers: a member that holds one lies in its object, and any other number is an object of its own. */
const MAX_SMALL_INTEGER = 2 ** 31 - 1;
/** Between two ways of computing one instant from the same doubles lies less than this. */
const ROUNDING_MS = 1;

/** Returns the whole seconds that have passed at least 1 ms before an instant in milliseconds: for years after 1970, and before 2038. */
export function wholeSecondsBefore(instant: number): number {
  const seconds = Math.floor(Math.floor(instant - ROUNDING_MS) / 1_000);
  return Math.max(-MAX_SMALL_INTEGER, Math.min(seconds, MAX_SMALL_INTEGER));
}
