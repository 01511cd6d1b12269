import type { CacheKey } from './key.ts';

/** How to compute an answer again, without its reader: validated input, never code. */
export interface Recipe {
  readonly prefix: string;
  readonly name: string;
  readonly params: unknown;
}

/** How often a key was asked for since the last report. */
export interface Demand {
  readonly key: CacheKey;
  readonly recipe: Recipe;
  readonly reads: number;
}

/** Where processes sum the demand per key; it halves every two minutes. Bounded: the least asked are forgotten. */
export interface HotKeyStore {
  /** Adds the reads to what is known of each key. */
  add(demand: readonly Demand[]): Promise<void>;
  /** The most asked keys of these prefixes, hottest first. */
  top(limit: number, prefixes: readonly string[]): Promise<{ key: CacheKey; recipe: Recipe }[]>;
}

/** Distinct keys that a process notes between two reports; what comes beyond is not noted. */
const MOST_NOTED = 2_000;
/** The hottest of them that it reports. */
const MOST_REPORTED = 200;

/** Notes which keys people ask for, here, and reports the most asked now and then. */
export class DemandRecorder {
  #noted = new Map<CacheKey, { recipe: Recipe; reads: number }>();

  note(key: CacheKey, recipe: Recipe): void {
    const noted = this.#noted.get(key);
    if (noted) noted.reads++;
    else if (this.#noted.size < MOST_NOTED) this.#noted.set(key, { recipe, reads: 1 });
  }

  /** A report that fails is not repeated: demand is a measure, and the next second brings another. */
  async report(store: HotKeyStore): Promise<void> {
    if (this.#noted.size === 0) return;
    const noted = [...this.#noted].map(([key, { recipe, reads }]) => ({ key, recipe, reads }));
    this.#noted = new Map();
    await store.add(noted.sort((a, b) => b.reads - a.reads).slice(0, MOST_REPORTED));
  }
}
