import { EventEmitter } from 'node:events';
import type { CacheManager } from '../cache-manager.ts';
import { chunks } from '../model/chunks.ts';
import { MAX_DURATION_MS } from '../model/duration.ts';
import type { Stamp } from '../model/entry.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { Selector } from '../model/selector.ts';
import { ClearedPrefixReclaimer } from './cleared-prefix-reclaimer.ts';
import { type KeyvStoreOptions, resolveKeyvStoreOptions } from './keyv-store-options.ts';
import { OpenMisses } from './open-misses.ts';
import { StoreKeys } from './store-keys.ts';
import { isStored, type Stored, storedAs } from './stored.ts';

/** The maximum number of selectors of one invalidation. */
const MAX_DELETED_TOGETHER = 1_000;
/** Each set waits for its own receipt, and checks it again at each hint: many more would mostly wake each other. */
const MAX_SET_TOGETHER = 100;

/**
 * A storage adapter for Keyv 5 and 6, and so for cache-manager and other libraries on Keyv. Values are entries of this cache: in
 * memory and in the shared tier, and invalidated on every process once a `set`, `delete` or `clear` has resolved. A call that could
 * not be announced rejects with `Unreachable`; Keyv turns that into `false` and an `error` event, and Keyv 5 with `throwOnErrors`
 * rejects too.
 *
 * The log remembers a bounded number of writes: where many thousand keys are written, earlier values become misses. Fills do not
 * count: see `fillWithin`.
 *
 * Make one store per Keyv, on one cache: a Keyv writes its namespace into its store.
 */
export class KeyvStore extends EventEmitter {
  /** Keyv 5 iterates over a store only if it has one of seven dialects. */
  readonly opts: Record<string, unknown> = { dialect: 'redis' };
  /** The namespace of all keys; Keyv sets it. */
  namespace: string | undefined;
  readonly #cache: CacheManager;
  readonly #keys: StoreKeys;
  readonly #freshForMs: number;
  /** Null if each set is a write. */
  readonly #misses: OpenMisses | null;
  readonly #reclaimer: ClearedPrefixReclaimer;

  /** Throws `InvalidArgument` naming the option that cannot be used. */
  constructor(options: KeyvStoreOptions) {
    super();
    const { cache, prefix, namespace, freshForMs, fillWithinMs } = resolveKeyvStoreOptions(options);
    this.namespace = namespace;
    this.#cache = cache;
    this.#keys = new StoreKeys(prefix);
    this.#freshForMs = freshForMs;
    this.#misses = fillWithinMs > 0 ? new OpenMisses(fillWithinMs) : null;
    this.#reclaimer = new ClearedPrefixReclaimer(cache, (error) => this.emit('error', error));
  }

  /** Returns undefined if there is no value. An object is shared by all readers, and frozen. */
  async get<Value>(key: string): Promise<Value | undefined> {
    const target = this.#keyOf(key);
    const asked = this.#cache.loadStart();
    const stored = storedAs(key, await this.#cache.get(target));
    if (!stored) this.#misses?.note(target, asked);
    return stored?.value as Value | undefined;
  }

  /** Returns the values in the order of the keys. */
  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const targets = this.#keysOf(keys);
    const asked = this.#cache.loadStart();
    const found = await this.#find(keys, targets);
    for (const [i, target] of targets.entries()) if (!found[i]) this.#misses?.note(target, asked);
    return found.map((stored) => stored?.value as Value | undefined);
  }

  /** Whether there is a value, `undefined` included. */
  async has(key: string): Promise<boolean> {
    return storedAs(key, await this.#cache.get(this.#keyOf(key))) !== null;
  }

  /** Returns the results in the order of the keys. */
  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.#find(keys, this.#keysOf(keys))).map((stored) => stored !== null);
  }

  /**
   * Returns whether the value was set: false if `fillWithin` rejects it, or if no tier takes it.
   *
   * @param ttl milliseconds, at most 366 days. `freshFor` applies if it is undefined, 0 or not finite; a negative one deletes the key
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const lifeMs = ttl && Number.isFinite(ttl) ? Math.min(ttl, MAX_DURATION_MS) : this.#freshForMs;
    if (lifeMs < 0) {
      await this.delete(key);
      return true;
    }
    const target = this.#keyOf(key);
    const stored: Stored = { key, value };
    const loadedSince = this.#misses?.close(target, this.#cache.loadStart().monotonic);
    const options = { freshFor: lifeMs, ...(loadedSince && { loadedSince }) };
    const outcome = await this.#cache.setWithOutcome(target, stored, options);
    if (outcome === 'pending') throw new Unreachable(`${JSON.stringify(key)} was not set: the invalidation log`);
    return outcome === 'set';
  }

  /** As `set` for each entry. Rejects if one of them does; some of the others may be set then. */
  // biome-ignore lint/suspicious/noConfusingVoidType: Keyv 5 declares void here, and returns this list to its callers
  async setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<boolean[] & void> {
    const answers: boolean[] = [];
    for (const some of chunks(entries, MAX_SET_TOGETHER)) {
      const settled = await Promise.allSettled(some.map(({ key, value, ttl }) => this.set(key, value, ttl)));
      for (const set of settled) {
        if (set.status === 'rejected') throw set.reason;
        answers.push(set.value);
      }
    }
    return answers as Awaited<ReturnType<KeyvStore['setMany']>>;
  }

  /** Returns whether the key had a value. */
  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /** Returns whether all keys had a value. */
  async deleteMany(keys: string[]): Promise<boolean> {
    const targets = this.#keysOf(keys);
    // Reads first: afterwards the values are gone.
    const found = await this.#find(keys, targets);
    for (const some of chunks(targets, MAX_DELETED_TOGETHER)) {
      const selectors = some.map((key) => ({ key }));
      const before = await this.#invalidate(selectors, `${keys.length} keys were deleted, delete them again`);
      await this.#cache.reclaim(selectors, before);
    }
    return found.every((stored) => stored !== null);
  }

  /** Invalidates all keys of the namespace; without one, all keys under the prefix. Frees their bytes in the background. */
  async clear(): Promise<void> {
    const prefix = this.#keys.clearedWith(this.namespace);
    this.#reclaimer.want(prefix, await this.#invalidate([{ prefix }], 'the store was cleared, clear it again'));
  }

  /** Waits for work in the background. The cache stays open: its owner closes it. */
  async disconnect(): Promise<void> {
    await this.#reclaimer.idle();
  }

  /**
   * Iterates over the keys and values of a namespace that this process's memory or the shared tier holds: evicted ones are
   * missing, one may come twice, one set meanwhile may be missed. Throws `Unreachable` if the shared tier does not answer.
   */
  async *iterator<Value>(
    namespace: string | undefined = this.namespace,
  ): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for await (const entries of this.#cache.entries(this.#keys.placeOf(namespace)))
      yield* entriesOf<Value>(entries.map(([, value]) => value));
  }

  async #find(keys: readonly string[], targets: readonly CacheKey[]): Promise<(Stored | null)[]> {
    const found = await this.#cache.getMany(targets);
    return keys.map((key, i) => storedAs(key, found[i]));
  }

  #keyOf(key: string): CacheKey {
    return this.#keys.keyOf(this.namespace, key);
  }

  #keysOf(keys: readonly string[]): CacheKey[] {
    return keys.map((key) => this.#keyOf(key));
  }

  async #invalidate(selectors: readonly Selector[], what: string): Promise<Stamp> {
    const receipt = await this.#cache.invalidate(selectors);
    if (receipt.state === 'applied') return { epoch: receipt.epoch, asOf: receipt.position };
    throw new Unreachable(`it is not known whether ${what}: the invalidation log`);
  }
}

function entriesOf<Value>(values: readonly unknown[]): [string, Awaited<Value> | undefined][] {
  return values.filter(isStored).map(({ key, value }) => [key, value as Awaited<Value> | undefined]);
}
