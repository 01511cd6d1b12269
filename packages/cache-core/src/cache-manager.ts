import { CacheInternals } from './cache-internals.ts';
import type { CacheOptions } from './cache-options.ts';
import { KnownRecipes } from './demand/known-recipes.ts';
import type { Audits } from './engine/audits.ts';
import type { LoadMany } from './engine/batch-load.ts';
import type { Inspection } from './engine/inspector.ts';
import type { Load } from './engine/load.ts';
import type { LoadStart, SetOptions, SetOutcome } from './engine/manual-operations.ts';
import type { KeyCount } from './engine/sweeper.ts';
import type { TierName } from './engine/switches.ts';
import type { InvalidateOptions, InvalidationReceipt } from './log/invalidator.ts';
import type { Answer } from './model/answer.ts';
import type { CachedEntry } from './model/cached-entry.ts';
import type { Stamp } from './model/entry.ts';
import { InvalidArgument, InvalidationPending } from './model/errors.ts';
import { type CacheKey, type KeyParts, keyOf } from './model/key.ts';
import { assertKnownOptions } from './model/known-options.ts';
import { assertMinPosition, type MinPosition } from './model/min-position.ts';
import type { Outcome } from './model/outcome.ts';
import { DEFAULT_EARLY_REFRESH, type Policy, type ResolvedPolicy, resolvePolicy } from './model/policy.ts';
import { type Selector, selectorOfPattern } from './model/selector.ts';
import type { Frozen } from './model/value.ts';
import type { HotKey, HotKeys } from './ports/hot-key-store.ts';
import type { CacheStats } from './stats/read-counters.ts';

/** Options of one read. */
export interface ReadOptions {
  /**
   * How much of the invalidation log the answer has to include: the receipt of a write, also a `pending` one. A process that has not
   * applied it, such as one without access to the log, loads. Defaults to what the process has applied.
   */
  readonly minPosition?: MinPosition;
}

/** Cached answers for one process. The invalidation log keeps them consistent across all processes. */
export class CacheManager {
  /** @internal for the adapters of this package, its instruments and tests: see `CacheInternals` */
  readonly internal: CacheInternals;
  /** The demand for each key, summed over all processes. */
  readonly demand: HotKeys;
  /** Compares served entries with the origin. */
  readonly audits: Audits;
  readonly #recipes: KnownRecipes;

  /** Throws `InvalidArgument` naming the invalid option. */
  constructor(options: CacheOptions) {
    this.internal = new CacheInternals(options);
    this.demand = this.internal.demand;
    this.audits = this.internal.audits;
    this.#recipes = new KnownRecipes(options.recipes);
  }

  /** Starts to follow the log. Resolves once this process is current, or after a second if the log is unreachable. Reads work either way. */
  start(): Promise<void> {
    return this.internal.start();
  }

  /** Leaves the register of followers, waits for background work, and closes the ports. */
  close(): Promise<void> {
    return this.internal.close();
  }

  /** Returns the cached value, or the value that `load` returns. It is frozen, and all readers share it. Rejects with the error of the load. */
  getOrLoad<Value>(
    target: string | KeyParts,
    load: Load<Value>,
    policy?: Policy,
    options?: ReadOptions,
  ): Promise<Frozen<Value>> {
    if (options) return this.getOrLoadWithOutcome(target, load, policy, options).then(({ value }) => value);
    const isPolicy = policy === undefined || (typeof policy === 'object' && policy !== null);
    if (typeof target !== 'string' || !isPolicy) return this.#getOrLoad(target, load, policy);
    // Memory holds only keys that were checked, so a hit need not check its own.
    const found = this.internal.reader.valueHit(target as CacheKey, policy?.earlyRefresh ?? DEFAULT_EARLY_REFRESH);
    if (found !== null && found !== 'due') return found.valuePromise<Value>();
    return this.#getOrLoad(target, load, policy, found === 'due');
  }

  /** As `getOrLoad`, with the outcome of the read. */
  async getOrLoadWithOutcome<Value>(
    target: string | KeyParts,
    load: Load<Value>,
    policy?: Policy,
    options: ReadOptions = {},
  ): Promise<{ value: Frozen<Value>; outcome: Outcome }> {
    const [key, recipe, resolved] = [keyOf(target), this.#recipes.of(target), resolvePolicy(policy)];
    const how = { isSound: byValue, minPosition: minPositionOf(options) };
    const { cached, outcome } = await this.internal.reader.read(key, load as Load, resolved, recipe, how);
    return { value: cached.value<Value>(), outcome };
  }

  /**
   * As `getOrLoad` for each target; returns the values in their order. It takes one round trip to each server that holds some of the
   * keys, and calls `loadMany` once for those that have to be loaded. Rejects with the first key's error; the other values stay cached.
   */
  async getOrLoadMany<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<Frozen<Value>[]> {
    return (await this.#many(targets, loadMany, policy)).map(({ cached }) => cached.value<Value>());
  }

  /** As `getOrLoadMany`, with the outcome of each read. */
  async getOrLoadManyWithOutcome<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<{ value: Frozen<Value>; outcome: Outcome }[]> {
    const answers = await this.#many(targets, loadMany, policy);
    return answers.map(({ cached, outcome }) => ({ value: cached.value<Value>(), outcome }));
  }

  /** Returns a cached value, or undefined. `null`, `false`, `0` and `''` are values. */
  async get(key: string | KeyParts, options: ReadOptions = {}): Promise<unknown> {
    return (await this.internal.engine.manualOperations.get(keyOf(key), minPositionOf(options)))?.value();
  }

  /** Returns the cached value of each key, in their order, or undefined for a key without one. Takes one round trip to each server. */
  async getMany(keys: readonly (string | KeyParts)[]): Promise<unknown[]> {
    assertList('keys', keys);
    return (await this.internal.engine.manualOperations.getMany(keys.map(keyOf))).map((cached) => cached?.value());
  }

  /** Returns whether the key has a value; `undefined` is one. */
  async has(key: string | KeyParts): Promise<boolean> {
    return (await this.internal.engine.manualOperations.get(keyOf(key))) !== null;
  }

  /**
   * Yields, in batches, the keys and values under a prefix that this process's memory or the shared tier holds. Evicted keys are
   * missing, a key may come twice, and a key that is set meanwhile may be missing. Throws `Unreachable` if the shared tier does not
   * answer.
   */
  async *entries(prefix: string): AsyncGenerator<[key: string, value: unknown][], void> {
    for await (const cached of this.internal.engine.manualOperations.under(prefix))
      yield cached.map((one) => [one.key, one.value()]);
  }

  /**
   * Stores a value that no earlier load can overwrite. Returns whether it is stored: false if the log is unreachable, if no tier
   * stores it, or if it is stale. See `SetOutcome`.
   *
   * @param options the lifetime and dependencies, or the seconds that the value is fresh; defaults to 300
   */
  async set(key: string | KeyParts, value: unknown, options: number | SetOptions = {}): Promise<boolean> {
    return (await this.setWithOutcome(key, value, options)) === 'set';
  }

  /** As `set`, with the outcome of the set. */
  async setWithOutcome(key: string | KeyParts, value: unknown, options: number | SetOptions = {}): Promise<SetOutcome> {
    return this.internal.engine.manualOperations.set(keyOf(key), value, options);
  }

  /** Returns this moment, for the option `loadedSince` of `set`. Call it before the value is computed. */
  loadStart(): LoadStart {
    return this.internal.engine.manualOperations.loadStart();
  }

  /** Invalidates one key on every process. Returns whether it was stored. Rejects with `InvalidationPending` if the log is unreachable. */
  async delete(key: string | KeyParts): Promise<boolean> {
    return this.internal.engine.manualOperations.delete(keyOf(key));
  }

  /** Invalidates all keys under a pattern like `files:*` and frees their bytes. Returns the number of removed keys. Rejects as `delete` does. */
  async clearPattern(pattern: string): Promise<number> {
    const selector = selectorOfPattern(pattern);
    const receipt = await this.invalidate(selector);
    if (receipt.state === 'pending') throw new InvalidationPending(`clearing ${pattern}`);
    return this.reclaim(selector, { epoch: receipt.epoch, asOf: receipt.position });
  }

  /** Invalidates entries on every process. Once it resolves with `applied`, no process serves an entry that was loaded before. */
  invalidate(selectors: Selector | readonly Selector[], options?: InvalidateOptions): Promise<InvalidationReceipt> {
    return this.internal.engine.invalidator.invalidate([selectors].flat() as Selector[], options);
  }

  /** Ends the freshness of earlier answers on every process: each may still be served while it is reloaded. */
  expire(
    selectors: Selector | readonly Selector[],
    options?: Omit<InvalidateOptions, 'mode'>,
  ): Promise<InvalidationReceipt> {
    return this.invalidate(selectors, { ...options, mode: 'expire' });
  }

  /** Removes entries from this process's memory and the shared tier. Other processes keep their entries: use `invalidate` for consistency. */
  evict(selector: Selector): Promise<KeyCount> {
    return this.internal.engine.sweeper.evict(selector);
  }

  /** Counts the keys that an invalidation would hit, in this process's memory and in the shared tier, and changes nothing. */
  dryRun(selector: Selector): Promise<KeyCount> {
    return this.internal.engine.sweeper.count(selector);
  }

  /**
   * Frees the bytes of the entries that the invalidation at the position `before` hit. Logs and returns the number of removed keys.
   * Entries that were set or loaded later stay.
   */
  reclaim(selectors: Selector | readonly Selector[], before: Stamp): Promise<number> {
    return this.internal.engine.sweeper.reclaim([selectors].flat() as Selector[], before);
  }

  /** Turns a tier of this process off or on, for every key or for those of a prefix. */
  switchTier(tier: TierName, on: boolean, prefix?: string): void {
    this.internal.engine.switches.set(tier, on, prefix);
  }

  /** Describes a key: its entry in each tier, its invalidations, the load in progress, and the outcome of the next read. */
  inspect(target: string | KeyParts): Promise<Inspection> {
    return this.internal.engine.inspector.inspect(keyOf(target));
  }

  /** Reloads a key with a low-priority permit, unless it stays fresh for `forMs` more milliseconds. Returns whether it loaded. */
  warm(key: CacheKey, load: Load, policy: ResolvedPolicy, forMs: number): Promise<boolean> {
    return this.internal.engine.warmer.warm(key, load, policy, forMs);
  }

  /** Returns up to `limit` keys of these prefixes with their recipes, in the order of the time that warming them saves. */
  hotKeys(limit: number, prefixes: readonly string[]): Promise<HotKey[]> {
    return this.demand.top(limit, prefixes);
  }

  /** Returns the milliseconds for which each key stays fresh on every process, or 0. Rejects with `Unreachable` if no server answers. */
  freshForMs(keys: readonly CacheKey[]): Promise<number[]> {
    return this.internal.engine.warmer.freshForMs(keys);
  }

  /** Returns the counts of all processes, and the fresh times that this process has learnt. */
  async getStats(): Promise<CacheStats> {
    const { engine, reporter } = this.internal;
    return engine.learner.addedTo(await reporter.stats());
  }

  /** Sets the counts of all processes back to zero. Rejects with `Unreachable` if their store does not answer. */
  resetStats(): Promise<void> {
    return this.internal.reporter.reset();
  }

  async #many<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<Answer[]> {
    assertList('keys', targets);
    if (typeof loadMany !== 'function') throw new InvalidArgument('loadMany', 'a function', loadMany);
    const items = targets.map((target) => ({ target, key: keyOf(target) }));
    return this.internal.reader.many(items, loadMany as LoadMany<Target>, resolvePolicy(policy));
  }

  async #getOrLoad<Value>(
    target: string | KeyParts,
    load: Load<Value>,
    policy?: Policy,
    isDue = false,
  ): Promise<Frozen<Value>> {
    const { reader } = this.internal;
    const [key, recipe] = [keyOf(target), this.#recipes.of(target)];
    const resolved = resolvePolicy(policy);
    const hit = reader.hit(key, load as Load, resolved, recipe, isDue);
    if (hit) return hit.cached.value<Value>();
    const asked = reader.askShared(key);
    const how = { key, load: load as Load, policy: resolved, recipe, isSound: byValue };
    const shared = asked && reader.sharedAnswer(await asked.found, { ...how, asked });
    if (shared && 'cached' in shared) return shared.cached.value<Value>();
    const { cached } = await reader.read(key, load as Load, resolved, recipe, { isSound: byValue, shared });
    return cached.value<Value>();
  }
}

/** @throws {InvalidArgument} naming the option that cannot be used */
function minPositionOf(options: ReadOptions): MinPosition | undefined {
  assertKnownOptions('read', options, ['minPosition']);
  if (options.minPosition !== undefined) assertMinPosition(options.minPosition);
  return options.minPosition;
}

function assertList(what: string, list: unknown): void {
  if (!Array.isArray(list)) throw new InvalidArgument(what, 'a list', list);
}

/** Returns whether the body of an entry is JSON, which a reader of the decoded value needs. */
const byValue = (cached: CachedEntry): boolean => cached.decodes();
