import { Unreachable } from '../errors.ts';
import type { Demand, HotKeyStore, Recipe } from '../hot-keys.ts';
import type { CacheKey } from '../key.ts';
import { withDeadline } from './deadline.ts';
import type { RedisClient } from './open-redis.ts';
import { Script } from './script.ts';

const WHAT = 'the hot key store';
const HALF_LIFE_MS = 120_000;
/** Demand below a quarter of a read, four minutes after the only one, is forgotten. */
const LEAST_READS = 0.25;
const MOST_KEYS = 2_000;
const KEPT_MS = 10 * HALF_LIFE_MS;

/** Demand per key, halving every two minutes, on the durable server. */
export class RedisHotKeys implements HotKeyStore {
  readonly #client: RedisClient;
  readonly #keys: readonly [demand: string, recipes: string];
  readonly #commandTimeoutMs: number;
  readonly #noteDemand = new Script('note-demand');

  constructor({
    client,
    namespace,
    commandTimeoutMs,
  }: { client: RedisClient; namespace: string; commandTimeoutMs: number }) {
    this.#client = client;
    this.#keys = [`{${namespace}:hot}:demand`, `{${namespace}:hot}:recipes`];
    this.#commandTimeoutMs = commandTimeoutMs;
  }

  async add(demand: readonly Demand[]): Promise<void> {
    const flat = demand.flatMap(({ key, reads, recipe }) => [key, reads, JSON.stringify(recipe)]);
    await this.#within(() =>
      this.#noteDemand.run(this.#client, this.#keys, [Date.now() / HALF_LIFE_MS, MOST_KEYS, KEPT_MS, ...flat]),
    );
  }

  async top(limit: number, prefixes: readonly string[]): Promise<{ key: CacheKey; recipe: Recipe }[]> {
    const [demand, recipes] = this.#keys;
    const least = Date.now() / HALF_LIFE_MS + Math.log2(LEAST_READS);
    const asked = await this.#within(() => this.#client.zrevrangebyscore(demand, '+inf', least));
    const wanted = asked.filter((key) => prefixes.includes(key.slice(0, key.indexOf(':')))).slice(0, limit);
    if (wanted.length === 0) return [];
    const texts = await this.#within(() => this.#client.hmget(recipes, ...wanted));
    return wanted.flatMap((key, i) => {
      const recipe = parseRecipe(texts[i] ?? null);
      return recipe ? [{ key: key as CacheKey, recipe }] : [];
    });
  }

  #within<Result>(command: () => Promise<Result>): Promise<Result> {
    if (this.#client.status !== 'ready') return Promise.reject(new Unreachable(WHAT));
    return withDeadline(WHAT, this.#commandTimeoutMs, command);
  }
}

/** What is stored is data from outside: anything but a recipe is no recipe. */
function parseRecipe(text: string | null): Recipe | null {
  if (text === null) return null;
  try {
    const recipe: unknown = JSON.parse(text);
    if (
      typeof recipe !== 'object' ||
      recipe === null ||
      !('prefix' in recipe) ||
      !('name' in recipe) ||
      !('params' in recipe)
    )
      return null;
    const { prefix, name, params } = recipe;
    return typeof prefix === 'string' && typeof name === 'string' ? { prefix, name, params } : null;
  } catch {
    return null;
  }
}
