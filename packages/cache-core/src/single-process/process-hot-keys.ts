import { bySaving, DEMAND_HALF_LIFE_MS, MAX_HOT_KEYS, MIN_READS } from '../demand/hot-keys.ts';
import type { Clock } from '../model/clock.ts';
import { type CacheKey, prefixOf } from '../model/key.ts';
import type { Demand, HotKey, HotKeyStore } from '../ports/hot-key-store.ts';

/** The demand per key, in the memory of this process. */
export class ProcessHotKeys implements HotKeyStore {
  readonly #clock: Clock;
  #demand = new Map<CacheKey, Demand<string> & { readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async add(demand: readonly Demand<string>[]): Promise<void> {
    const at = this.#clock.now();
    for (const one of demand) {
      this.#demand.set(one.key, { ...one, reads: (this.#now(one.key, at)?.reads ?? 0) + one.reads, at });
    }
    if (this.#demand.size <= MAX_HOT_KEYS) return;
    const byReads = this.#all(at).sort((a, b) => b.reads - a.reads);
    this.#demand = new Map(byReads.slice(0, MAX_HOT_KEYS).map((one) => [one.key, { ...one, at }]));
  }

  async top(limit: number, prefixes: readonly string[]): Promise<HotKey<string>[]> {
    const asked = this.#all(this.#clock.now()).filter(({ key }) => prefixes.includes(prefixOf(key) ?? ''));
    return asked.sort(bySaving).slice(0, limit);
  }

  async find(key: CacheKey): Promise<HotKey<string> | null> {
    return this.#now(key, this.#clock.now());
  }

  async forget(keys: readonly CacheKey[]): Promise<void> {
    for (const key of keys) this.#demand.delete(key);
  }

  #all(now: number): HotKey<string>[] {
    return [...this.#demand.keys()].flatMap((key) => this.#now(key, now) ?? []);
  }

  #now(key: CacheKey, now: number): HotKey<string> | null {
    const known = this.#demand.get(key);
    if (!known) return null;
    const { at, ...demand } = known;
    const reads = demand.reads * 2 ** ((at - now) / DEMAND_HALF_LIFE_MS);
    return reads < MIN_READS ? null : { ...demand, reads };
  }
}
