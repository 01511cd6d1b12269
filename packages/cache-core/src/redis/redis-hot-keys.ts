import { bySaving, DEMAND_HALF_LIFE_MS, MAX_HOT_KEYS, MIN_READS } from '../demand/hot-keys.ts';
import type { CacheKey } from '../model/key.ts';
import type { Demand, HotKey, HotKeyStore } from '../ports/hot-key-store.ts';
import type { RedisClient } from './open-redis.ts';
import { type StoreOptions, storeCommand } from './redis-counters.ts';
import { Script } from './script.ts';

const WHAT = 'the hot key store';
const KEPT_MS = 10 * DEMAND_HALF_LIFE_MS;
/** The score below which a key is forgotten, relative to now. */
const FADED = Math.log2(MIN_READS);

/** The demand per key of all processes, on the durable server. */
export class RedisHotKeys implements HotKeyStore {
  readonly #options: StoreOptions;
  readonly #keys: readonly [reads: string, loadTimes: string, recipes: string];
  readonly #noteDemand = new Script('note-demand');

  constructor(options: StoreOptions) {
    const base = `{${options.namespace}:hot}`;
    this.#options = options;
    this.#keys = [`${base}:reads`, `${base}:load-ms`, `${base}:recipe`];
  }

  async add(demand: readonly Demand<string>[]): Promise<void> {
    const flat = demand.flatMap(({ key, reads, loadMs, recipe }) => {
      return [key, reads, Math.round(loadMs * 100) / 100, recipe];
    });
    await this.#within((client) =>
      this.#noteDemand.run(client, this.#keys, [nowInHalfLives(), MAX_HOT_KEYS, KEPT_MS, FADED, ...flat]),
    );
  }

  async top(limit: number, prefixes: readonly string[]): Promise<HotKey<string>[]> {
    const [reads, loadTimes, recipes] = this.#keys;
    const now = nowInHalfLives();
    const asked = await this.#within((client) => client.zrevrangebyscore(reads, '+inf', now + FADED, 'WITHSCORES'));
    const known = pairs(asked).filter(([key]) => prefixes.includes(key.slice(0, key.indexOf(':'))));
    if (known.length === 0) return [];
    const times = await this.#within((client) => client.hmget(loadTimes, ...known.map(([key]) => key)));
    const ranked = known
      .map(([key, score], i) => hotKey(key, score - now, times[i], ''))
      .sort(bySaving)
      .slice(0, limit);
    const texts = await this.#within((client) => client.hmget(recipes, ...ranked.map(({ key }) => key)));
    return ranked.map((hot, i) => ({ ...hot, recipe: texts[i] ?? '' }));
  }

  async find(key: CacheKey): Promise<HotKey<string> | null> {
    const [reads, loadTimes, recipes] = this.#keys;
    const [score, loadMs, text] = await this.#within((client) =>
      Promise.all([client.zscore(reads, key), client.hget(loadTimes, key), client.hget(recipes, key)]),
    );
    const halfLives = Number(score) - nowInHalfLives();
    if (score === null || halfLives < FADED) return null;
    return hotKey(key, halfLives, loadMs, text ?? '');
  }

  async forget(keys: readonly CacheKey[]): Promise<void> {
    if (keys.length === 0) return;
    const [reads, loadTimes, recipes] = this.#keys;
    await this.#within((client) =>
      Promise.all([client.zrem(reads, ...keys), client.hdel(loadTimes, ...keys), client.hdel(recipes, ...keys)]),
    );
  }

  #within<Result>(command: (client: RedisClient) => Promise<Result>): Promise<Result> {
    return storeCommand(WHAT, this.#options, command);
  }
}

const nowInHalfLives = () => Date.now() / DEMAND_HALF_LIFE_MS;

function hotKey(key: string, halfLives: number, loadMs: string | null | undefined, recipe: string): HotKey<string> {
  return { key: key as CacheKey, reads: 2 ** halfLives, loadMs: Number(loadMs ?? 0) || 0, recipe };
}

function pairs(flat: readonly string[]): [key: string, score: number][] {
  const found: [string, number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) found.push([flat[i] ?? '', Number(flat[i + 1])]);
  return found;
}
