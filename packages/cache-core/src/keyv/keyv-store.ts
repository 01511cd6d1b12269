import { EventEmitter } from 'node:events';
import type { CacheManager } from '../cache-manager.ts';
import type { Clock } from '../clock.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import type { Stamp } from '../entry.ts';
import { Unreachable } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import { chunks } from '../redis/chunks.ts';
import type { Selector } from '../selector.ts';
import type { SharedTier } from '../tiers/port.ts';
import { fillValue } from './fill-value.ts';
import { type KeyvStoreOptions, resolveKeyvStoreOptions } from './keyv-store-options.ts';
import { type Miss, OpenMisses } from './open-misses.ts';
import { Reclaimer } from './reclaimer.ts';
import { StoreKeys, usable } from './store-keys.ts';
import { isStored, type Stored, storedAs } from './stored.ts';

/** What one invalidation takes. */
const DELETED_AT_ONCE = 1_000;
/** Each waits for a receipt of its own, and looks again at each hint: many more would mostly wake each other. */
const SET_AT_ONCE = 100;
/** Few enough that a busy server answers within the time that a read may take. */
const ITERATED_AT_ONCE = 250;

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
  readonly #shared: SharedTier | null;
  readonly #keys: StoreKeys;
  readonly #freshForMs: number;
  readonly #clock: Clock;
  /** Null: each set is a write. */
  readonly #misses: OpenMisses | null;
  readonly #reclaimer: Reclaimer;

  /** Throws `InvalidArgument` naming the option that can't be used. */
  constructor(options: KeyvStoreOptions) {
    super();
    const { cache, shared, prefix, namespace, freshForMs, fillWithinMs, clock } = resolveKeyvStoreOptions(options);
    this.namespace = namespace;
    this.#cache = cache;
    this.#shared = shared;
    this.#keys = new StoreKeys(prefix);
    this.#freshForMs = freshForMs;
    this.#misses = fillWithinMs > 0 ? new OpenMisses(fillWithinMs) : null;
    this.#clock = clock;
    this.#reclaimer = new Reclaimer(cache, (error) => this.emit('error', error));
  }

  /** Undefined: not there. A value that was given as an object is shared, and frozen. */
  async get<Value>(key: string): Promise<Value | undefined> {
    const target = this.#keyOf(key);
    const asked = this.#moment();
    const stored = storedAs(key, await this.#cache.get(target));
    if (!stored) this.#misses?.note(target, asked);
    return stored?.value as Value | undefined;
  }

  /** In their order. */
  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const targets = this.#keysOf(keys);
    const asked = this.#moment();
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
    const seenAt = this.#moment();
    const miss = this.#misses?.close(target, seenAt.monotonic);
    if (miss) return fillValue(this.#cache, target, { value: stored, miss, seenAt, lifeMs });
    const state = await this.#cache.engine.values.set(target, stored, { freshFor: lifeMs });
    if (state === 'pending') throw new Unreachable(`${JSON.stringify(key)} was not set: the invalidation log`);
    return state === 'set';
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
    const place = this.#keys.placeOf(namespace);
    const inMemory = new Set<string>();
    this.#cache.engine.memory.each(({ key }) => {
      if (key.startsWith(`${place}:`)) inMemory.add(key);
    });
    for (const keys of batches([...inMemory])) yield* entriesOf<Value>(await this.#cache.getMany(keys));
    if (!this.#shared) return;
    for await (const scanned of this.#shared.scan(place)) {
      for (const keys of batches(scanned.filter((key) => !inMemory.has(key)))) {
        const found = await Promise.all(keys.map((key) => this.#cache.engine.lookup.inShared(key)));
        if (found.includes('unreachable')) throw new Unreachable('not all that is stored was listed: the shared tier');
        yield* entriesOf<Value>(await this.#cache.getMany(keys));
      }
    }
  }

  async #find(keys: readonly string[], targets: readonly CacheKey[]): Promise<(Stored | null)[]> {
    const found = await this.#cache.getMany(targets);
    return keys.map((key, i) => storedAs(key, found[i]));
  }

  #moment(): Miss {
    return {
      stamp: this.#cache.engine.follower.stamp,
      monotonic: this.#clock.monotonic(),
      wall: this.#clock.now(),
    };
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

function batches(keys: readonly string[]): CacheKey[][] {
  const known = keys.map(usable).filter((key) => key !== null);
  return chunks(known, ITERATED_AT_ONCE);
}

function entriesOf<Value>(values: readonly unknown[]): [string, Awaited<Value> | undefined][] {
  return values.filter(isStored).map(({ key, value }) => [key, value as Awaited<Value> | undefined]);
}
