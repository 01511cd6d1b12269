import type { CounterDelta, CounterStore } from '../ports/counter-store.ts';

export class ProcessCounters implements CounterStore {
  readonly #sums = new Map<string, number>();

  async add(delta: CounterDelta): Promise<void> {
    for (const [name, n] of Object.entries(delta)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + n);
  }

  async read(): Promise<CounterDelta> {
    return Object.fromEntries(this.#sums);
  }

  async reset(): Promise<void> {
    this.#sums.clear();
  }
}
