import { type Clock, resultWithin } from '../model/clock.ts';
import type { FillLock, FillLockAttempt } from '../ports/fill-lock.ts';

/** Fill locks of one process. A holder cannot die and leave its lock behind, because the waiters would die with it. */
export class ProcessLock implements FillLock {
  readonly #clock: Clock;
  readonly #held = new Map<string, Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(name: string): Promise<FillLockAttempt> {
    const there = this.#held.get(name);
    if (there !== undefined) return { held: false, ended: (ms) => this.#ended(there, ms), leave: () => undefined };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(name, promise);
    return {
      held: true,
      release: async () => {
        if (this.#held.get(name) === promise) this.#held.delete(name);
        resolve();
      },
    };
  }

  async isHeld(name: string): Promise<boolean> {
    return this.#held.has(name);
  }

  async #ended(released: Promise<void>, ms: number): Promise<boolean> {
    const result = await resultWithin(
      released.then(() => 'released' as const),
      ms,
      this.#clock,
    );
    return result === 'released';
  }
}
