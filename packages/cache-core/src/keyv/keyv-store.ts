import { EventEmitter } from 'node:events';
import type { CacheManager } from '../cache-manager.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import type { Stamp } from '../entry.ts';
import { Unreachable } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import { chunks } from '../redis/chunks.ts';
import type { Selector } from '../selector.ts';
import { type KeyvStoreOptions, resolveKeyvStoreOptions } from './keyv-store-options.ts';
import { OpenMisses } from './open-misses.ts';
import { Reclaimer } from './reclaimer.ts';
import { StoreKeys } from './store-keys.ts';
import { isStored, type Stored, storedAs } from './stored.ts';

/** What one invalidation takes. */
const DELETED_AT_ONCE = 1_000;
/** Each waits for a receipt of its own, and looks again at each hint: many more would mostly wake each other. */
const SET_AT_ONCE = 100;

/**
 * A storage adapter for Keyv 5 and 6, and so for cache-manager and what else is built on Keyv. Values are this cache's: in
 * memory, in the shared tier, and outdated on every process once a `set`, `delete` or `clear` has resolved. One of these
 * that could not be announced rejects with `Unreachable`; Keyv makes that `false` and an `error` event, and Keyv 5 with
 * `throwOnErrors` rejects too.
 *
 * Each write takes a place in what the log remembers, which is bounded: where many thousand keys are written, values from
 * before become misses. Fills take none: see `fillWithin`.
 *
 * One for each Keyv, on one cache: a Keyv writes its namespace into its store.
 */
export class KeyvStore extends EventEmitter {
  /** Keyv 5 lets a store be iterated if it is of one of seven kinds that it knows. */
  readonly opts: Record<string, unknown> = { dialect: 'redis' };
  /** Of all keys from here on. */
  namespace: string | undefined;
  readonly #cache: CacheManager;
  readonly #keys: StoreKeys;
  readonly #freshForMs: number;
  /** Null: each set is a write. */
  readonly #misses: OpenMisses | null;
  readonly #reclaimer: Reclaimer;

  /** Throws `InvalidArgument` naming the option that can't be used. */
  constructor(options: KeyvStoreOptions) {
    super();
    const { cache, prefix, namespace, freshForMs, fillWithinMs } = resolveKeyvStoreOptions(options);
    this.namespace = namespace;
    this.#cache = cache;
    this.#keys = new StoreKeys(prefix);
    this.#freshForMs = freshForMs;
    this.#misses = fillWithinMs > 0 ? new OpenMisses(fillWithinMs) : null;
    this.#reclaimer = new Reclaimer(cache, (error) => this.emit('error', error));
  }

  /** Undefined: not there. A value that was given as an object is shared, and frozen. */
  async get<Value>(key: string): Promise<Value | undefined> {
    const target = this.#keyOf(key);
    const asked = this.#cache.loadStart();
    const stored = storedAs(key, await this.#cache.get(target));
    if (!stored) this.#misses?.note(target, asked);
    return stored?.value as Value | undefined;
  }

  /** In their order. */
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

  /** In their order. */
  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.#find(keys, this.#keysOf(keys))).map((stored) => stored !== null);
  }

  /**
   * Returns whether it was set: false if it was refused as `fillWithin` says, or if no tier takes it.
   *
   * @param ttl milliseconds; none, 0 or no finite number: as long as `freshFor` says; negative: it is over already. More
   * than 366 days is 366 days
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

  /** As `set` for each. Rejects if one of them does; then of the others some may be set. */
  // biome-ignore lint/suspicious/noConfusingVoidType: Keyv 5 declares nothing here, and gives its callers the list that it gets
  async setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<boolean[] & void> {
    const answers: boolean[] = [];
    for (const some of chunks(entries, SET_AT_ONCE)) {
      const settled = await Promise.allSettled(some.map(({ key, value, ttl }) => this.set(key, value, ttl)));
      for (const set of settled) {
        if (set.status === 'rejected') throw set.reason;
        answers.push(set.value);
      }
    }
    return answers as Awaited<ReturnType<KeyvStore['setMany']>>;
  }

  /** Answers whether it was there. */
  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /** Answers whether all of them were there. */
  async deleteMany(keys: string[]): Promise<boolean> {
    const targets = this.#keysOf(keys);
    // Asked before, as nobody can tell afterwards.
    const found = await this.#find(keys, targets);
    for (const some of chunks(targets, DELETED_AT_ONCE)) {
      const selectors = some.map((key) => ({ key }));
      const before = await this.#outdate(selectors, `${keys.length} keys were deleted, delete them again`);
      await this.#cache.reclaim(selectors, before);
    }
    return found.every((stored) => stored !== null);
  }

  /** Outdates what is in the namespace; without one, all that is under the prefix. The bytes are freed in the background. */
  async clear(): Promise<void> {
    const prefix = this.#keys.clearedWith(this.namespace);
    this.#reclaimer.want(prefix, await this.#outdate([{ prefix }], 'the store was cleared, clear it again'));
  }

  /** Waits for what is done in the background. The cache goes on: who made it closes it. */
  async disconnect(): Promise<void> {
    await this.#reclaimer.idle();
  }

  /**
   * The keys and values of a namespace, as far as they are in this process's memory or in the shared tier: what was evicted
   * is missing. One may come twice, one that is set meanwhile may be missed. Throws `Unreachable` if the shared tier gives no
   * answer.
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

  async #outdate(selectors: readonly Selector[], what: string): Promise<Stamp> {
    const receipt = await this.#cache.invalidate(selectors);
    if (receipt.state === 'applied') return { epoch: receipt.epoch, asOf: receipt.position };
    throw new Unreachable(`it is not known whether ${what}: the invalidation log`);
  }
}

function entriesOf<Value>(values: readonly unknown[]): [string, Awaited<Value> | undefined][] {
  return values.filter(isStored).map(({ key, value }) => [key, value as Awaited<Value> | undefined]);
}
