import type { LoadContext } from '../engine/load-context.ts';

/** An origin with one value, whose loads stop at two gates: before they read the value, and after it. */
export class SlowOrigin {
  value: unknown = 'old';
  tags: readonly string[] = [];
  loads = 0;
  /** Loads that stand at each gate. */
  readonly #standing = { before: new Set<() => void>(), after: new Set<() => void>() };
  #isSlow = true;

  /** To be given to `getOrLoad`. */
  readonly load = async (context: LoadContext): Promise<unknown> => {
    this.loads++;
    const isSlow = this.#isSlow;
    if (isSlow) await this.#stand('before');
    const seen = this.value;
    context.tag(...this.tags);
    if (isSlow) await this.#stand('after');
    return seen;
  };

  /** Lets the loads that stand at a gate go on. */
  open(gate: 'before' | 'after'): void {
    const standing = this.#standing[gate];
    for (const go of standing) go();
    standing.clear();
  }

  /** Loads that begin from now on don't stop. */
  hurry(): void {
    this.#isSlow = false;
  }

  /** Whether a load stands at this gate. */
  isStanding(gate: 'before' | 'after'): boolean {
    return this.#standing[gate].size > 0;
  }

  #stand(gate: 'before' | 'after'): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#standing[gate].add(resolve);
    return promise;
  }
}
