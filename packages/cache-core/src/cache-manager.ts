import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import { Audits } from './audits.ts';
import { Background, failuresTo } from './background.ts';
import { type CacheOptions, resolveOptions } from './cache-options.ts';
import type { CachePorts } from './cache-ports.ts';
import { type Clock, systemClock } from './clock.ts';
import type { LoadMany } from './engine/batch-load.ts';
import { type CacheEngine, createEngine } from './engine/create-engine.ts';
import type { Inspection } from './engine/inspector.ts';
import type { Load } from './engine/load.ts';
import type { KeyCount } from './engine/sweeper.ts';
import type { SetOptions } from './engine/values.ts';
import type { Stamp } from './entry.ts';
import { InvalidArgument, InvalidationPending } from './errors.ts';
import type { HotKey, HotKeys, Recipe } from './hot-key-store.ts';
import { type CacheKey, type KeyParts, keyOf } from './key.ts';
import { KnownRecipes } from './known-recipes.ts';
import type { InvalidateOptions, InvalidationReceipt } from './log/invalidator.ts';
import { untilCurrent } from './log/until-current.ts';
import { type CacheLogger, silentLogger } from './logger.ts';
import type { Outcome } from './outcome.ts';
import { DEFAULT_EARLY_REFRESH, type Policy, type ResolvedPolicy, resolvePolicy } from './policy.ts';
import type { CacheStats } from './read-counters.ts';
import { Reads } from './reads.ts';
import { DecodedHotKeys } from './recipe-codec.ts';
import { Reporter } from './reporter.ts';
import { type Selector, selectorOfPattern } from './selector.ts';
import type { TierName } from './switches.ts';
import type { Kept } from './tiers/kept.ts';
import type { Encoding } from './tiers/variant.ts';
import type { Frozen } from './value.ts';

/** Cached answers for one process, kept right across all of them by the invalidation log. */
export class CacheManager {
  /**
   * Its parts, for adapters and tests: they may change with any version.
   *
   * @internal
   */
  readonly engine: CacheEngine;
  /** Where the demand of all processes is summed. */
  readonly demand: HotKeys;
  /** For holding what readers are served against the origin. */
  readonly audits: Audits;
  readonly #ports: CachePorts;
  readonly #clock: Clock;
  readonly #logger: CacheLogger;
  readonly #background: Background;
  readonly #reporter: Reporter;
  readonly #reads: Reads;
  readonly #recipes: KnownRecipes;

  /** Throws `InvalidArgument` naming the option that can't be used. */
  constructor(options: CacheOptions) {
    const settings = resolveOptions(options);
    this.#ports = options.ports;
    this.demand = new DecodedHotKeys(options.ports.hotKeys, options.envelope?.encryption);
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#background = new Background(settings.name, failuresTo(this.#logger));
    const random = options.random ?? Math.random;
    const parts = { clock: this.#clock, logger: this.#logger, background: this.#background, random };
    this.engine = createEngine({
      ...parts,
      ...options.ports,
      ...settings,
      id: idOf(options.id),
      envelope: options.envelope ?? {},
    });
    const { shared, counters } = options.ports;
    this.audits = new Audits({ ...this.engine, counters, isShared: shared !== null });
    this.#reporter = new Reporter({ ...parts, counters, hotKeys: this.demand, name: settings.name });
    this.#recipes = new KnownRecipes(options.recipes);
    this.#reads = new Reads({ ...parts, name: settings.name, engine: this.engine, reporter: this.#reporter });
  }

  /** Follows the log from here on. Resolves once it is current, or can't be for now: reads work either way. */
  async start(): Promise<void> {
    this.engine.follower.start();
    this.#reporter.start();
    await untilCurrent(this.engine.follower, this.#clock);
    this.#logger.info('Cache manager initialized');
  }

  /** Gives up its place among the followers, waits for what is under way, and closes the ports. */
  async close(): Promise<void> {
    this.#reporter.stop();
    await this.engine.follower
      .stop()
      .catch((error: unknown) => this.#logger.error({ err: error }, 'leaving the invalidation log'));
    await this.#background.drain('follow'); // which may be blocked reading, until its connection is closed
    await this.#ports.close();
    await this.#background.drain();
  }

  /** The cached answer, or what `load` gives: shared by all readers, and frozen. Rejects with the load's own error. */
  getOrLoad<Value>(target: string | KeyParts, load: Load<Value>, policy?: Policy): Promise<Frozen<Value>> {
    const isPolicy = policy === undefined || (typeof policy === 'object' && policy !== null);
    if (typeof target !== 'string' || !isPolicy) return this.#getOrLoad(target, load, policy);
    // Only keys that were checked are in memory, so a hit need not check its own.
    const found = this.#reads.valueHit(target as CacheKey, policy?.earlyRefresh ?? DEFAULT_EARLY_REFRESH);
    if (found !== null && found !== 'due') return Promise.resolve(found.value<Value>());
    return this.#getOrLoad(target, load, policy, found === 'due');
  }

  /** As `getOrLoad`, with what the read came to. */
  async getOrLoadWithOutcome<Value>(
    target: string | KeyParts,
    load: Load<Value>,
    policy?: Policy,
  ): Promise<{ value: Frozen<Value>; outcome: Outcome }> {
    const recipe = this.#recipes.of(target);
    const { kept, outcome } = await this.#reads.read(
      keyOf(target),
      load as Load,
      resolvePolicy(policy),
      recipe,
      byValue,
    );
    return { value: kept.value<Value>(), outcome };
  }

  /**
   * As `getOrLoad` for each target, in their order: one round trip to each server that holds some of them, and one call of
   * `loadMany` for those that are not there. Rejects with the first key's error; what was loaded stays cached.
   */
  async getOrLoadMany<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<Frozen<Value>[]> {
    return (await this.#many(targets, loadMany, policy)).map(({ kept }) => kept.value<Value>());
  }

  /** As `getOrLoadMany`, with the outcome of each read. */
  async getOrLoadManyWithOutcome<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<{ value: Frozen<Value>; outcome: Outcome }[]> {
    const answers = await this.#many(targets, loadMany, policy);
    return answers.map(({ kept, outcome }) => ({ value: kept.value<Value>(), outcome }));
  }

  /** The answer as bytes, with what the read came to. Null: it can't be told without waiting. */
  hit(key: CacheKey, load: Load, policy: ResolvedPolicy, recipe: Recipe | null): Answer | null {
    return this.#reads.hit(key, load, recipe, { earlyRefresh: policy.earlyRefresh, policyOf: () => policy });
  }

  /** The answer as bytes, with what the read came to. Rejects with the load's own error when there is no answer. */
  read(key: CacheKey, load: Load, policy: ResolvedPolicy, recipe: Recipe | null): Promise<Answer> {
    return this.#reads.read(key, load, policy, recipe);
  }

  /** Asks the origin whatever is cached, within its budget, and keeps nothing. */
  bypass(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<Answer> {
    return this.#reads.bypass(key, load, policy);
  }

  /** Reloads a key, after readers, unless it is fresh for `forMs` more. Answers whether it loaded. */
  warm(key: CacheKey, load: Load, policy: ResolvedPolicy, forMs: number): Promise<boolean> {
    return this.engine.warmer.warm(key, load, policy, forMs);
  }

  /** A cached value, or undefined. `null`, `false`, `0` and `''` are values. */
  async get(key: string | KeyParts): Promise<unknown> {
    return (await this.engine.values.get(keyOf(key)))?.value();
  }

  /** The cached value of each key, in their order; undefined for what is not there. */
  async getMany(keys: readonly (string | KeyParts)[]): Promise<unknown[]> {
    assertList('keys', keys);
    return (await this.engine.values.getMany(keys.map(keyOf))).map((kept) => kept?.value());
  }

  /** Whether there is a value, `undefined` included. */
  async has(key: string | KeyParts): Promise<boolean> {
    return (await this.engine.values.get(keyOf(key))) !== null;
  }

  /**
   * Stores a value; no load that began before can overwrite it. Returns whether it is stored: false if the log is out of reach,
   * so nothing was set, or if no tier takes the value, such as one that is too large for each.
   *
   * @param options how the value lives, or the seconds that it is fresh (300)
   */
  async set(key: string | KeyParts, value: unknown, options: number | SetOptions = {}): Promise<boolean> {
    return (await this.engine.values.set(keyOf(key), value, options)) === 'set';
  }

  /** Invalidates one key everywhere. Answers whether it was there. Rejects with `InvalidationPending` if that could not be announced. */
  async delete(key: string | KeyParts): Promise<boolean> {
    return this.engine.values.delete(keyOf(key));
  }

  /**
   * Invalidates everything under a pattern like `files:*` and frees its bytes. Answers how many keys it removed. Rejects with
   * `InvalidationPending` if that could not be announced.
   */
  async clearPattern(pattern: string): Promise<number> {
    const selector = selectorOfPattern(pattern);
    const receipt = await this.invalidate(selector);
    if (receipt.state === 'pending') throw new InvalidationPending(`clearing ${pattern}`);
    return this.reclaim(selector, { epoch: receipt.epoch, asOf: receipt.position });
  }

  /** No earlier load may be served again, on any process, once this has resolved with `applied`. */
  invalidate(selectors: Selector | readonly Selector[], options?: InvalidateOptions): Promise<InvalidationReceipt> {
    return this.engine.invalidator.invalidate([selectors].flat() as Selector[], options);
  }

  /** What was loaded earlier counts as outdated by time, on every process: it may still be served while it is reloaded. */
  expire(
    selectors: Selector | readonly Selector[],
    options?: Omit<InvalidateOptions, 'mode'>,
  ): Promise<InvalidationReceipt> {
    return this.invalidate(selectors, { ...options, mode: 'expire' });
  }

  /** Drops bytes from this process's memory and the shared tier. It promises nothing: other processes keep theirs. */
  evict(selector: Selector): Promise<KeyCount> {
    return this.engine.sweeper.evict(selector);
  }

  /** What an invalidation would hit, without one: keys stored in this process's memory and in the shared tier. */
  dryRun(selector: Selector): Promise<KeyCount> {
    return this.engine.sweeper.count(selector);
  }

  /**
   * Frees the bytes of what an invalidation hit, and logs how many keys of each prefix it removed. What was set or loaded after
   * the invalidation stays. Answers how many keys it removed.
   *
   * @param before the position of the invalidation
   */
  reclaim(selectors: Selector | readonly Selector[], before: Stamp): Promise<number> {
    return this.engine.sweeper.reclaim([selectors].flat() as Selector[], before);
  }

  /** Turns a tier of this process off or on, for every key or for those of a prefix. */
  switchTier(tier: TierName, on: boolean, prefix?: string): void {
    this.engine.switches.set(tier, on, prefix);
  }

  /** Explains a key: what each tier holds, what the log says of it, who is loading it, what the next read would do. */
  inspect(target: string | KeyParts): Promise<Inspection> {
    return this.engine.inspector.inspect(keyOf(target));
  }

  /** Makes one compressed form of an answer that this process keeps, once, behind the reader. */
  compress(kept: Kept, encoding: Encoding): void {
    if (!kept.lacks(encoding) || this.engine.memory.peek(kept.key) !== kept) return;
    this.#background.run('compress', () => kept.makeVariant(encoding));
  }

  /** The keys of these prefixes that people ask for, with how to compute them: those whose warming saves most first. */
  hotKeys(limit: number, prefixes: readonly string[]): Promise<HotKey[]> {
    return this.demand.top(limit, prefixes);
  }

  /** How many milliseconds each key is fresh for, on every process: 0 if it is not there. Rejects with `Unreachable` when it can't be told. */
  freshForMs(keys: readonly CacheKey[]): Promise<number[]> {
    return this.engine.warmer.freshForMs(keys);
  }

  /** Counts over all processes, and what this one has learnt. */
  async getStats(): Promise<CacheStats> {
    return this.engine.learner.addedTo(await this.#reporter.stats());
  }

  /** Sets the counts of all processes back to zero. Rejects with `Unreachable` when their store does not answer. */
  resetStats(): Promise<void> {
    return this.#reporter.reset();
  }

  async #many<Target extends string | KeyParts, Value>(
    targets: readonly Target[],
    loadMany: LoadMany<Target, Value>,
    policy?: Policy,
  ): Promise<Answer[]> {
    assertList('keys', targets);
    if (typeof loadMany !== 'function') throw new InvalidArgument('loadMany', 'a function', loadMany);
    const items = targets.map((target) => ({ target, key: keyOf(target) }));
    return this.#reads.many(items, loadMany as LoadMany<Target>, resolvePolicy(policy));
  }

  async #getOrLoad<Value>(
    target: string | KeyParts,
    load: Load<Value>,
    policy?: Policy,
    isDue = false,
  ): Promise<Frozen<Value>> {
    const [key, recipe] = [keyOf(target), this.#recipes.of(target)];
    const resolved = resolvePolicy(policy);
    const { earlyRefresh } = resolved;
    const hit = this.#reads.hit(key, load as Load, recipe, { earlyRefresh, policyOf: () => resolved, isDue });
    const answer = hit ?? (await this.#reads.read(key, load as Load, resolved, recipe, byValue));
    return answer.kept.value<Value>();
  }
}

/** Two processes with one id would be one follower to the log, and a write would wait for only one of them. */
function idOf(given: string | undefined): string {
  return given === undefined ? randomUUID() : `${given}:${randomUUID()}`;
}

function assertList(what: string, list: unknown): void {
  if (!Array.isArray(list)) throw new InvalidArgument(what, 'a list', list);
}

/** For a reader who needs the decoded value of an entry: its body has to be JSON. */
const byValue = (kept: Kept): boolean => kept.decodes();
