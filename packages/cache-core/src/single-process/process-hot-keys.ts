import type { Clock } from '../clock.ts';
import type { Demand, HotKeyStore, Recipe } from '../hot-keys.ts';
import type { CacheKey } from '../key.ts';

const HALF_LIFE_MS = 120_000;
/** Demand below a quarter of a read, four minutes after the only one, is forgotten. */
const LEAST_READS = 0.25;
const MOST_KEYS = 2_000;

/** Demand per key of one process, halving every two minutes. */
export class ProcessHotKeys implements HotKeyStore {
  readonly #clock: Clock;
  #demand = new Map<CacheKey, { readonly recipe: Recipe; readonly reads: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async add(demand: readonly Demand[]): Promise<void> {
    const at = this.#clock.now();
    for (const { key, recipe, reads } of demand)
      this.#demand.set(key, { recipe, reads: this.#readsOf(key, at) + reads, at });
    this.#demand = new Map(this.#hottest(at).slice(0, MOST_KEYS));
  }

  async top(limit: number, prefixes: readonly string[]): Promise<{ key: CacheKey; recipe: Recipe }[]> {
    return this.#hottest(this.#clock.now())
      .filter(([, { recipe }]) => prefixes.includes(recipe.prefix))
      .slice(0, limit)
      .map(([key, { recipe }]) => ({ key, recipe }));
  }

  #hottest(now: number): [CacheKey, { readonly recipe: Recipe; readonly reads: number; readonly at: number }][] {
    const reads = new Map([...this.#demand.keys()].map((key) => [key, this.#readsOf(key, now)]));
    const readsOf = (key: CacheKey) => reads.get(key) ?? 0;
    return [...this.#demand].filter(([key]) => readsOf(key) >= LEAST_READS).sort(([a], [b]) => readsOf(b) - readsOf(a));
  }

  #readsOf(key: CacheKey, now: number): number {
    const demand = this.#demand.get(key);
    return demand ? demand.reads * 2 ** ((demand.at - now) / HALF_LIFE_MS) : 0;
  }
}
