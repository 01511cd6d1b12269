/** A change of named counts, or their sums: plain numbers under plain names. */
export type CounterDelta = Readonly<Record<string, number>>;

/**
 * Port: sums the counts of all processes. Each method rejects with `Unreachable` within a bounded time if the store does not
 * answer.
 */
export interface CounterStore {
  /** Adds each number to the sum of the same name. A name without a sum starts at zero. */
  add(delta: CounterDelta): Promise<void>;
  /** Returns the sums. */
  read(): Promise<CounterDelta>;
  /** Sets every sum back to zero. */
  reset(): Promise<void>;
}
