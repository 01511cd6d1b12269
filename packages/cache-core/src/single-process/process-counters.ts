import type { Clock } from '../model/clock.ts';
import { getOrAdd } from '../model/get-or-add.ts';
import { type CounterDelta, type CounterStore, KEPT_MINUTES, type RecentCounts } from '../ports/counter-store.ts';

const MINUTE_MS = 60_000;

/** The counts of one process, in its memory. */
export class ProcessCounters implements CounterStore {
  readonly #clock: Clock;
  readonly #sums = new Map<string, number>();
  /** By the start of the minute, oldest first. */
  readonly #minutes = new Map<number, Map<string, number>>();
  #since: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async add(delta: CounterDelta): Promise<void> {
    const now = this.#clock.now();
    this.#since ??= now;
    const minute = getOrAdd(this.#minutes, now - (now % MINUTE_MS), () => new Map<string, number>());
    for (const [at] of this.#minutes) if (at < oldestAt(now)) this.#minutes.delete(at);
    for (const sums of [this.#sums, minute])
      for (const [name, n] of Object.entries(delta)) sums.set(name, (sums.get(name) ?? 0) + n);
  }

  async read(): Promise<CounterDelta> {
    return Object.fromEntries(this.#sums);
  }

  async recent(): Promise<RecentCounts> {
    const now = this.#clock.now();
    const minutes = [...this.#minutes].filter(([at]) => at >= oldestAt(now));
    return {
      now,
      since: this.#since,
      minutes: minutes.map(([at, counts]) => ({ at, counts: Object.fromEntries(counts) })),
    };
  }

  async reset(): Promise<void> {
    this.#sums.clear();
    this.#minutes.clear();
    this.#since = null;
  }
}

const oldestAt = (now: number): number => now - (now % MINUTE_MS) - KEPT_MINUTES * MINUTE_MS;
