/** Port: a lock that allows one process at a time to load a key. It saves work; correctness does not depend on it. */
export interface FillLock {
  /**
   * Acquires the lock, which then renews itself until it is released. If another process holds it, returns an attempt that waits for
   * the release. Rejects with `Unreachable` within a bounded time.
   */
  acquire(name: string): Promise<FillLockAttempt>;
  /** Returns whether a process holds the lock now. For `inspect` only: the result may be old. Rejects as `acquire` does. */
  isHeld(name: string): Promise<boolean>;
}

/** The acquired lock, or the wait for the process that holds it. */
export type FillLockAttempt =
  | {
      readonly held: true;
      /**
       * For at least this number of milliseconds before the acquire, no other process held the lock. A caller that has looked for an entry
       * since then need not look again. Defaults to 0: not known.
       */
      readonly unheldForMs?: number;
      release(): Promise<void>;
    }
  /**
   * Has listened for the release since the call of `acquire`. Call either method to end that: `ended` returns true at the release and
   * false after `ms`, `leave` stops listening.
   */
  | { readonly held: false; ended(ms: number): Promise<boolean>; leave(): void };
