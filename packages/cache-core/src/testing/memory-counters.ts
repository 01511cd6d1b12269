import type { Clock } from '../model/clock.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import { ProcessCounters } from '../single-process/process-counters.ts';
import type { Link } from './link.ts';

const WHAT = 'the counter store';

/** Counters that simulated processes share. */
export class MemoryCounterServer {
  readonly #counters: ProcessCounters;

  constructor(clock: Clock) {
    this.#counters = new ProcessCounters(clock);
  }

  /** Returns the port of one process, over its link. */
  connect(link: Link): CounterStore {
    return {
      add: (delta) => link.call(WHAT, () => this.#counters.add(delta)),
      read: () => link.call(WHAT, () => this.#counters.read()),
      recent: () => link.call(WHAT, () => this.#counters.recent()),
      reset: () => link.call(WHAT, () => this.#counters.reset()),
    };
  }
}
