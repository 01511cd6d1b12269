import { EventEmitter } from 'node:events';
import type { CacheManager } from '../cache-manager.ts';
import type { CachePorts } from '../cache-options.ts';
import { type Duration, LONGEST_DURATION_MS, toMs } from '../duration.ts';
import { InvalidArgument, Unreachable } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import { chunks } from '../redis/chunks.ts';
import type { Selector } from '../selector.ts';
import { StoreKeys, usable } from './store-keys.ts';

export interface KeyvStoreOptions {
  readonly cache: CacheManager;
  /** The ports that the cache was made with: `iterator` walks their shared tier. */
  readonly ports: Pick<CachePorts, 'shared'>;
  /** The first segment of its keys in the cache. Default `keyv`. */
  readonly prefix?: string;
  /** Until Keyv gives it another. Default: none. */
  readonly namespace?: string;
  /** How long a value lives that is set without a TTL. Default: the longest time there is, 366 days. */
  readonly freshFor?: Duration;
}

/** A value as it is kept: with its key, for `iterator`, and so that no other key's value is ever given for it. */
interface Stored {
  readonly key: string;
  readonly value?: unknown;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof KeyvStoreOptions>([
  'cache',
  'ports',
  'prefix',
  'namespace',
  'freshFor',
]);
const PREFIX = /^[A-Za-z0-9_.-]{1,100}$/;
/** What one invalidation takes. */
const DELETED_AT_ONCE = 1_000;
/** Each waits for a receipt of its own, and looks again at each hint: many more would mostly wake each other. */
const SET_AT_ONCE = 100;
const ITERATED_AT_ONCE = 1_000;

/**
 * A storage adapter for Keyv 5 and 6, and so for cache-manager and what else is built on Keyv. Values are this cache's: in
 * memory, in the shared tier, and outdated on every process once a `set`, `delete` or `clear` has resolved. One of these
 * that could not be announced rejects with `Unreachable`; Keyv makes that `false` and an `error` event.
 *
 * One for each Keyv, on one cache: a Keyv writes its namespace into its store.
 */
export class KeyvStore extends EventEmitter {
  /** Keyv 5 lets a store be iterated if it is of one of seven kinds that it knows. */
  readonly opts: Record<string, unknown> = { dialect: 'redis' };
  namespace: string | undefined;
  readonly #cache: CacheManager;
  readonly #shared: CachePorts['shared'];
  readonly #keys: StoreKeys;
  readonly #freshForMs: number;
  #reclaiming: Promise<void> = Promise.resolve();

  /** Throws `InvalidArgument` naming the option that can't be used. */
  constructor(options: KeyvStoreOptions) {
    super();
    for (const option of Object.keys(options))
      if (!OPTIONS.has(option)) throw new InvalidArgument('KeyvStore', `some of ${[...OPTIONS].join(', ')}`, option);
    const { cache, ports, prefix = 'keyv', namespace, freshFor = LONGEST_DURATION_MS } = options;
    if (typeof cache?.invalidate !== 'function') throw new InvalidArgument('cache', 'a CacheManager', cache);
    if (ports?.shared === undefined) throw new InvalidArgument('ports', 'those that the cache was made with', ports);
    if (!PREFIX.test(prefix)) throw new InvalidArgument('prefix', '1 to 100 letters, digits, _ . or -', prefix);
    this.namespace = namespace;
    this.#cache = cache;
    this.#shared = ports.shared;
    this.#keys = new StoreKeys(prefix);
    this.#freshForMs = toMs('freshFor', freshFor);
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const stored = storedAs(key, await this.#cache.get(this.#keyOf(key)));
    return stored?.value as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    return (await this.#find(keys)).map((stored) => stored?.value as Value | undefined);
  }

  async has(key: string): Promise<boolean> {
    return storedAs(key, await this.#cache.get(this.#keyOf(key))) !== null;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.#find(keys)).map((stored) => stored !== null);
  }

  /**
   * @param ttl milliseconds; none, 0 or no finite number: as long as `freshFor` says; negative: it is over already. More
   * than 366 days is 366 days
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const lifeMs = ttl && Number.isFinite(ttl) ? Math.min(ttl, LONGEST_DURATION_MS) : this.#freshForMs;
    if (lifeMs < 0) {
      await this.delete(key);
      return true;
    }
    const stored: Stored = { key, value };
    if (await this.#cache.set(this.#keyOf(key), stored, { freshFor: lifeMs })) return true;
    throw new Unreachable(`${JSON.stringify(key)} was not set: the invalidation log`);
  }

  /** Rejects once all are done, if one of them was not set. */
  async setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<boolean[]> {
    for (const some of chunks(entries, SET_AT_ONCE)) {
      const settled = await Promise.allSettled(some.map(({ key, value, ttl }) => this.set(key, value, ttl)));
      for (const set of settled) if (set.status === 'rejected') throw set.reason;
    }
    return entries.map(() => true);
  }

  /** Answers whether it was there. */
  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /** Answers whether all of them were there. */
  async deleteMany(keys: string[]): Promise<boolean> {
    let wereThere = true;
    for (const some of chunks(keys, DELETED_AT_ONCE)) {
      // Asked before, as nobody can tell afterwards.
      wereThere = (await this.hasMany(some)).every(Boolean) && wereThere;
      const selectors = some.map((key) => ({ key: this.#keyOf(key) }));
      const before = await this.#outdate(selectors, `${some.length} keys were deleted, delete them again`);
      await Promise.all(selectors.map((selector) => this.#cache.reclaim(selector, before)));
    }
    return wereThere;
  }

  /** Outdates what is in the namespace; without one, all that is under the prefix. The bytes are freed in the background. */
  async clear(): Promise<void> {
    const selector = this.#keys.selectorOf(this.namespace);
    const before = await this.#outdate([selector], 'the store was cleared, clear it again');
    this.#reclaiming = this.#reclaiming
      .then(() => this.#cache.reclaim(selector, before))
      .then(
        () => undefined,
        (error: unknown) => void this.emit('error', error),
      );
  }

  /** Waits for what is done in the background. The cache goes on: who made it closes it. */
  async disconnect(): Promise<void> {
    await this.#reclaiming;
  }

  /**
   * The keys and values of a namespace, as far as they are in this process's memory or in the shared tier: what was evicted
   * is missing. One may come twice, one that is set meanwhile may be missed.
   */
  async *iterator<Value>(
    namespace: string | undefined = this.namespace,
  ): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    for await (const keys of this.#keysAt(this.#keys.placeOf(namespace))) {
      for (const found of await this.#cache.getMany(keys))
        if (isStored(found)) yield [found.key, found.value as Awaited<Value> | undefined];
    }
  }

  async *#keysAt(place: string): AsyncGenerator<CacheKey[]> {
    const inMemory = new Set<string>();
    this.#cache.engine.memory.each(({ key }) => {
      if (key.startsWith(`${place}:`)) inMemory.add(key);
    });
    yield* chunks([...inMemory], ITERATED_AT_ONCE).map(allUsable);
    if (!this.#shared) return;
    for await (const keys of this.#shared.scan(place)) yield allUsable(keys.filter((key) => !inMemory.has(key)));
  }

  async #find(keys: readonly string[]): Promise<(Stored | null)[]> {
    const found = await this.#cache.getMany(keys.map((key) => this.#keyOf(key)));
    return keys.map((key, i) => storedAs(key, found[i]));
  }

  #keyOf(key: string): CacheKey {
    return this.#keys.keyOf(this.namespace, key);
  }

  async #outdate(selectors: readonly Selector[], what: string): Promise<{ epoch: number; asOf: number }> {
    const receipt = await this.#cache.invalidate(selectors);
    if (receipt.state === 'applied') return { epoch: receipt.epoch, asOf: receipt.position };
    throw new Unreachable(`it is not known whether ${what}: the invalidation log`);
  }
}

function storedAs(key: string, found: unknown): Stored | null {
  return isStored(found) && found.key === key ? found : null;
}

/** Others may have put something under such a key. */
function isStored(found: unknown): found is Stored {
  return typeof found === 'object' && found !== null && 'key' in found && typeof found.key === 'string';
}

function allUsable(keys: readonly string[]): CacheKey[] {
  return keys.map(usable).filter((key) => key !== null);
}
