import type { CounterDelta, CounterStore } from '../ports/counter-store.ts';
import type { Link } from './link.ts';

const WHAT = 'the counter store';

/** Counters that simulated processes share. */
export class MemoryCounterServer {
  readonly #sums = new Map<string, number>();

  /** Returns the port of one process, over its link. */
  connect(link: Link): CounterStore {
    return {
      add: (delta) => link.call(WHAT, () => this.#add(delta)),
      read: () => link.call(WHAT, () => Object.fromEntries(this.#sums)),
      reset: () => link.call(WHAT, () => this.#sums.clear()),
    };
  }

  #add(delta: CounterDelta): void {
    for (const [name, n] of Object.entries(delta)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + n);
  }
}
