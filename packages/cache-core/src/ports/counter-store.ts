/** A change of named counts, or their sums: plain numbers under plain names. */
export type CounterDelta = Readonly<Record<string, number>>;

/** The counts that were added in one minute, which began at `at` (ms since 1970). */
export interface MinuteCounts {
  readonly at: number;
  readonly counts: CounterDelta;
}

/** The counts of the last minutes. Instants are ms since 1970 on the clock of the store. */
export interface RecentCounts {
  readonly now: number;
  /** When the first count since the last reset was added; null without counts. */
  readonly since: number | null;
  /** The present minute and the whole minutes before it, in any order; minutes without counts may be missing. */
  readonly minutes: readonly MinuteCounts[];
}

/** The number of whole minutes, before the present one, that a store keeps counts of. */
export const KEPT_MINUTES = 60;

/**
 * Port: sums the counts of all processes. Each method rejects with `Unreachable` within a bounded time if the store does not
 * answer.
 */
export interface CounterStore {
  /** Adds each number to the sum of the same name. A name without a sum starts at zero. */
  add(delta: CounterDelta): Promise<void>;
  /** Returns the sums. */
  read(): Promise<CounterDelta>;
  /** Returns the counts of the last `KEPT_MINUTES`. Without this method, `getStats()` has no windows. */
  recent?(): Promise<RecentCounts>;
  /** Sets every sum back to zero, and forgets the last minutes. */
  reset(): Promise<void>;
}
