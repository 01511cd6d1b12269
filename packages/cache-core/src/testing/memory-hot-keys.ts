import type { Clock } from '../clock.ts';
import type { Demand, HotKeyStore, Recipe } from '../hot-keys.ts';
import type { CacheKey } from '../key.ts';
import type { Link } from './link.ts';

const WHAT = 'the hot key store';
const HALF_LIFE_MS = 120_000;
const LEAST_READS = 0.25;
const MOST_KEYS = 2_000;

/** Demand that simulated processes share, halving every two minutes. */
export class MemoryHotKeyServer {
  readonly #clock: Clock;
  readonly #demand = new Map<CacheKey, { recipe: Recipe; reads: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The port of one process, over its link. */
  connect(link: Link): HotKeyStore {
    return {
      add: (demand) => link.call(WHAT, () => this.#add(demand)),
      top: (limit, prefixes) => link.call(WHAT, () => this.#top(limit, prefixes)),
    };
  }

  #add(demand: readonly Demand[]): void {
    for (const { key, recipe, reads } of demand) {
      this.#demand.set(key, { recipe, reads: this.#readsOf(key) + reads, at: this.#clock.now() });
    }
    const coldest = [...this.#demand.keys()].sort((a, b) => this.#readsOf(a) - this.#readsOf(b));
    for (const key of coldest.slice(0, Math.max(0, coldest.length - MOST_KEYS))) this.#demand.delete(key);
  }

  #top(limit: number, prefixes: readonly string[]): { key: CacheKey; recipe: Recipe }[] {
    return [...this.#demand]
      .filter(([key, { recipe }]) => prefixes.includes(recipe.prefix) && this.#readsOf(key) >= LEAST_READS)
      .sort(([a], [b]) => this.#readsOf(b) - this.#readsOf(a))
      .slice(0, limit)
      .map(([key, { recipe }]) => ({ key, recipe }));
  }

  #readsOf(key: CacheKey): number {
    const demand = this.#demand.get(key);
    return demand ? demand.reads * 2 ** ((demand.at - this.#clock.now()) / HALF_LIFE_MS) : 0;
  }
}
