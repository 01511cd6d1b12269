import { randomUUID } from 'node:crypto';
import { Background } from './background.ts';
import type { CacheOptions, CachePorts } from './cache-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { toMs } from './duration.ts';
import { type CacheEngine, createEngine } from './engine/create-engine.ts';
import { etagOf, type Load, toBody } from './engine/load.ts';
import type { Answer } from './engine/reader.ts';
import type { Entry, Stamp } from './entry.ts';
import { encodeEntry } from './envelope.ts';
import { InvalidArgument, Unreachable } from './errors.ts';
import type { Recipe } from './hot-keys.ts';
import { buildKey, type CacheKey, type KeyParts, parseKey } from './key.ts';
import type { InvalidateOptions, InvalidationReceipt } from './log/invalidator.ts';
import { type CacheLogger, silentLogger } from './logger.ts';
import { type Policy, type ResolvedPolicy, resolvePolicy } from './policy.ts';
import type { CacheStats } from './read-counters.ts';
import { Reporter } from './reporter.ts';
import { type Selector, selectorOfPattern } from './selector.ts';
import type { SharedTier } from './tiers/port.ts';

/** How long `start` waits for the log, whose connection may still be under way. */
const START_WAIT_MS = 1_000;
const START_RETRY_MS = 20;

/** Cached answers for one process, kept right across all of them by the invalidation log. */
export class CacheManager {
  readonly engine: CacheEngine;
  readonly #ports: CachePorts;
  readonly #clock: Clock;
  readonly #logger: CacheLogger;
  readonly #background: Background;
  readonly #reporter: Reporter;

  constructor(options: CacheOptions) {
    this.#ports = options.ports;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#background = new Background((reason, error) => {
      // A server that is away has been told of once, by who noticed; each fill that it costs is no news.
      if (error instanceof Unreachable) this.#logger.debug(`${reason} left out: ${error.message}`);
      else this.#logger.error({ err: error }, `background work failed: ${reason}`);
    });
    const leaseMs = toMs('lease', options.lease ?? '1s');
    if (leaseMs < 100) throw new InvalidArgument('lease', 'at least 100 ms', leaseMs);
    const parts = { clock: this.#clock, logger: this.#logger, background: this.#background };
    this.engine = createEngine({
      ...parts,
      ...options.ports,
      id: options.id ?? randomUUID(),
      random: options.random ?? Math.random,
      memoryBytes: options.memoryBytes ?? 64 * 1_048_576,
      leaseMs,
      renewEveryMs: leaseMs * 0.3,
      blindFreshMs: toMs('blindFresh', options.blindFresh ?? '2s'),
      waitForFillMs: toMs('waitForFill', options.waitForFill ?? '30s'),
      originConcurrency: options.originConcurrency ?? 16,
      originQueue: options.originQueue ?? 1_000,
    });
    this.#reporter = new Reporter({ ...parts, ...options.ports });
  }

  /** Follows the log from here on. Resolves once it is current, or can't be for now: reads work either way. */
  async start(): Promise<void> {
    this.engine.follower.start();
    this.#reporter.start();
    const { follower } = this.engine;
    for (const deadline = this.#clock.monotonic() + START_WAIT_MS; this.#clock.monotonic() < deadline; ) {
      await follower.renew().catch(() => undefined); // told by the follower, which keeps trying
      if (follower.isCurrent) break;
      await this.#clock.sleep(START_RETRY_MS);
    }
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

  /** The answer as bytes, with what the read came to. Null: it can't be told without waiting. */
  hit(key: CacheKey, recipe: Recipe | null): Answer | null {
    const began = this.#clock.monotonic();
    const answer = this.engine.reader.hit(key);
    if (answer) this.#reporter.report(key, recipe, answer, this.#clock.monotonic() - began);
    return answer;
  }

  /** The answer as bytes, with what the read came to. Rejects with the load's own error when there is no answer. */
  async read(key: CacheKey, load: Load, policy: ResolvedPolicy, recipe: Recipe | null): Promise<Answer> {
    const began = this.#clock.monotonic();
    const answer = await this.engine.reader.read({ key, load, policy });
    this.#reporter.report(key, recipe, answer, this.#clock.monotonic() - began);
    return answer;
  }

  /** Asks the origin whatever is cached, within its budget, and keeps nothing. */
  async bypass(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<Answer> {
    const began = this.#clock.monotonic();
    const answer = await this.engine.reader.bypass({ key, load, policy });
    this.#reporter.report(key, null, answer, this.#clock.monotonic() - began);
    return answer;
  }

  /** The cached answer, or what `load` gives. Each caller gets its own copy. */
  async getOrLoad<Value>(target: string | KeyParts, load: Load<Value>, policy?: Policy): Promise<Value> {
    const { kept } = await this.read(keyOf(target), load, resolvePolicy(policy), null);
    return JSON.parse(kept.entry.body.toString()) as Value;
  }

  /** Reloads a key unless it is fresh for `forMs` more. Answers whether it loaded. */
  warm(key: CacheKey, load: Load, policy: ResolvedPolicy, forMs: number): Promise<boolean> {
    return this.engine.warmer.warm({ key, load, policy }, forMs);
  }

  /** A cached value, or undefined. `null`, `false`, `0` and `''` are values. */
  async get(key: string): Promise<unknown> {
    const { lookup, follower } = this.engine;
    const cacheKey = parseKey(key);
    const verified = follower.isCurrent || (await follower.catchUp());
    const inMemory = lookup.inMemory(cacheKey, verified);
    const kept =
      inMemory && lookup.isFresh(inMemory) ? inMemory : verified ? await lookup.inShared(cacheKey) : undefined;
    return kept && lookup.isFresh(kept) ? JSON.parse(kept.entry.body.toString()) : undefined;
  }

  /** Stores a value for `timeoutSeconds`; no load that began before can overwrite it. False: the log is out of reach. */
  async set(key: string, value: unknown, timeoutSeconds = 300): Promise<boolean> {
    const cacheKey = parseKey(key);
    const body = toBody(cacheKey, value);
    const lifeMs = toMs('timeoutSeconds', timeoutSeconds * 1_000);
    const began = this.#clock.monotonic();
    const receipt = await this.invalidate({ key: cacheKey });
    if (receipt.state === 'pending') return false;
    const now = this.#clock.now();
    const times = { loadedAt: now, freshUntil: now + lifeMs, staleUntil: now + lifeMs, loadMs: 0 };
    const entry: Entry = { epoch: receipt.epoch, asOf: receipt.position, body, etag: etagOf(body), tags: [], ...times };
    // Out of the log's reach it counts from when it was handed over: another write may have come since.
    this.engine.memory.put(cacheKey, entry, began);
    if (lifeMs > 0)
      await this.#inShared(false, (shared) => shared.fill(cacheKey, encodeEntry(cacheKey, entry), entry, lifeMs));
    return true;
  }

  /** Outdates one key everywhere. Answers whether it was there. */
  async delete(key: string): Promise<boolean> {
    const cacheKey = parseKey(key);
    await this.invalidate({ key: cacheKey });
    return this.#remove(cacheKey);
  }

  /** Outdates everything under a pattern like `files:*` and frees its bytes. Answers how many keys it removed. */
  async clearPattern(pattern: string): Promise<number> {
    const selector = selectorOfPattern(pattern);
    const receipt = await this.invalidate(selector);
    return receipt.state === 'applied' ? this.reclaim(selector, { epoch: receipt.epoch, asOf: receipt.position }) : 0;
  }

  /**
   * No earlier load may be served again, on any process, once this has resolved with `applied`. With `mode: 'expire'`:
   * what was loaded earlier counts as outdated by time.
   */
  invalidate(selectors: Selector | readonly Selector[], options?: InvalidateOptions): Promise<InvalidationReceipt> {
    return this.engine.invalidator.invalidate([selectors].flat() as Selector[], options);
  }

  /** Frees the bytes of what an invalidation outdated, and says so. Answers how many keys it removed. */
  async reclaim(selector: Selector, before: Stamp): Promise<number> {
    if ('key' in selector) return (await this.#remove(parseKey(selector.key))) ? 1 : 0;
    if ('tag' in selector) return 0; // they are misses already, and leave by time or eviction
    const prefix = 'prefix' in selector ? selector.prefix : null;
    const inMemory = this.engine.memory.evictWhere((key, { entry }) => isUnder(prefix, key) && isBefore(entry, before));
    const removed = await this.#inShared(inMemory, (shared) => shared.reclaim(prefix, before));
    this.#logger.info(`Invalidated ${removed} cache keys with pattern: ${prefix === null ? '*' : `${prefix}:*`}`);
    return removed;
  }

  /** How many stored keys a selector would hit (keys of a tag are not counted: they are known only to their entries). */
  async count(selector: Selector): Promise<number> {
    if ('key' in selector) return (await this.get(selector.key)) === undefined ? 0 : 1;
    if ('tag' in selector) return 0;
    return this.#inShared(0, (shared) => shared.count('prefix' in selector ? selector.prefix : null));
  }

  /** The keys of these prefixes that people ask for most, with how to compute them. */
  hotKeys(limit: number, prefixes: readonly string[]): Promise<{ key: CacheKey; recipe: Recipe }[]> {
    return this.#ports.hotKeys.top(limit, prefixes);
  }

  /** Counts over all processes. */
  getStats(): Promise<CacheStats> {
    return this.#reporter.stats();
  }

  resetStats(): Promise<void> {
    return this.#reporter.reset();
  }

  async #remove(key: CacheKey): Promise<boolean> {
    const inMemory = this.engine.memory.evict(key);
    return (await this.#inShared(false, (shared) => shared.remove(key))) || inMemory;
  }

  /** With no shared tier, or one out of reach, `otherwise`: its bytes are outdated already, freeing them can wait. */
  async #inShared<Result>(otherwise: Result, use: (shared: SharedTier) => Promise<Result>): Promise<Result> {
    if (!this.#ports.shared) return otherwise;
    try {
      return await use(this.#ports.shared);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#logger.warn(`went on without the shared tier: ${error.message}`);
      return otherwise;
    }
  }
}

function keyOf(target: string | KeyParts): CacheKey {
  return typeof target === 'string' ? parseKey(target) : buildKey(target);
}

function isUnder(prefix: string | null, key: CacheKey): boolean {
  return prefix === null || key.startsWith(`${prefix}:`);
}

function isBefore(entry: Stamp, { epoch, asOf }: Stamp): boolean {
  return entry.epoch < epoch || (entry.epoch === epoch && entry.asOf < asOf);
}
