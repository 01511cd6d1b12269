/** A lock that keeps other processes from loading the same key. It saves work; the fence gives correctness. */
export interface FillLock {
  /**
   * Takes the lock, which then renews itself until released, or returns when to try again. Rejects with `Unreachable`
   * within a bounded time.
   */
  acquire(name: string): Promise<FillTurn>;
  /** Whether some process holds it at this moment: for people who look, not to decide by. Rejects as `acquire` does. */
  isHeld(name: string): Promise<boolean>;
}

/** The lock, or the end of somebody else's. */
export type FillTurn =
  | { readonly held: true; release(): Promise<void> }
  /**
   * Listens for the release from the try on, until `ended` has resolved or `leave` is called: call one of them.
   * `ended` gives true when the holder says that it is done, false after `ms`. `leave` gives up waiting.
   */
  | { readonly held: false; ended(ms: number): Promise<boolean>; leave(): void };
