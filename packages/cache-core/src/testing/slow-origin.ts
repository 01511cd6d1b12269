import type { LoadContext } from '../engine/load-context.ts';

/** An origin with one value, whose loads stop at two gates: before they read the value, and after it. */
export class SlowOrigin {
  value: unknown = 'old';
  tags: readonly string[] = [];
  loads = 0;
  /** The loads that wait at each gate. */
  readonly #waiting = { before: new Set<() => void>(), after: new Set<() => void>() };
  #isSlow = true;

  /** The load function for `getOrLoad`. */
  readonly load = async (context: LoadContext): Promise<unknown> => {
    this.loads++;
    const isSlow = this.#isSlow;
    if (isSlow) await this.#wait('before');
    const seen = this.value;
    context.tag(...this.tags);
    if (isSlow) await this.#wait('after');
    return seen;
  };

  /** Lets the loads that wait at a gate continue. */
  open(gate: 'before' | 'after'): void {
    const waiting = this.#waiting[gate];
    for (const proceed of waiting) proceed();
    waiting.clear();
  }

  /** Makes later loads pass both gates without a stop. */
  hurry(): void {
    this.#isSlow = false;
  }

  /** Returns true if a load waits at this gate. */
  isWaitingAt(gate: 'before' | 'after'): boolean {
    return this.#waiting[gate].size > 0;
  }

  #wait(gate: 'before' | 'after'): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting[gate].add(resolve);
    return promise;
  }
}
