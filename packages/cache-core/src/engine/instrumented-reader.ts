import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { Answer } from '../model/answer.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import { cacheChannels, type ReadTrace } from '../model/diagnostics.ts';
import { type CacheKey, prefixOf } from '../model/key.ts';
import type { MinPosition } from '../model/min-position.ts';
import { outcomeOf } from '../model/outcome.ts';
import { DEFAULT_EARLY_REFRESH, type ResolvedPolicy } from '../model/policy.ts';
import type { Recipe } from '../ports/hot-key-store.ts';
import type { Reporter } from '../stats/reporter.ts';
import type { BatchItem, LoadMany } from './batch-load.ts';
import { BatchReads } from './batch-reads.ts';
import type { CacheEngine } from './create-engine.ts';
import type { Load } from './load.ts';
import { isCachedEntry, type LookupMiss, type SharedFinding, type SharedLookup } from './lookup.ts';

export interface InstrumentedReaderOptions {
  readonly engine: CacheEngine;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** The name of the cache. */
  readonly name: string;
}

/** Options of one read. */
interface ReadingHow {
  readonly isSound?: (cached: CachedEntry) => boolean;
  readonly minPosition?: MinPosition | undefined;
  readonly shared?: SharedFinding | null | undefined;
}

/** A lookup in the shared tier that has begun. Each promise on the way of a hit costs a tenth of it, so its callers await `found` itself. */
interface SharedRequest extends SharedLookup {
  /** On the monotonic clock. */
  readonly askedAt: number;
}

/** A read that the shared tier may answer. */
interface SharedReading {
  readonly key: CacheKey;
  readonly load: Load;
  readonly policy: ResolvedPolicy;
  readonly recipe: Recipe | null;
  readonly asked: SharedRequest;
  /** Defaults to `CachedEntry.isSound`. */
  readonly isSound?: (cached: CachedEntry) => boolean;
}

/**
 * About one memory hit in 16 is timed, because reading the clock once more costs as much as the rest of a hit. The gaps between
 * timed hits come from a linear congruential generator that visits each of 0 to 31, so that they match no rhythm of the readers.
 * The first hits are all timed, so that a service with few readers has a latency to show.
 */
const FIRST_TIMED = 200;
const FIRST_GAP = 15;
const nextGap = (gap: number) => (gap * 5 + 3) & 31;

/** Reads through the engine, and reports each read once. */
export class InstrumentedReader {
  readonly #options: InstrumentedReaderOptions;
  readonly #batches: BatchReads;
  readonly #traced: TracingChannel<ReadTrace> = tracingChannel(cacheChannels.read);
  /** Hits to skip between the last timed hit and the next. */
  #skips = 0;
  /** How many of them are left. */
  #skipsLeft = 0;
  #gap = FIRST_GAP;
  /** How many of the first hits are left. */
  #firstLeft = FIRST_TIMED;
  /** The number of hits that the latest timed one represents. */
  #sampleWeight = 0;

  constructor(options: InstrumentedReaderOptions) {
    this.#options = options;
    this.#batches = new BatchReads({
      ...options,
      isTraced: () => this.#traced.hasSubscribers === true,
      reported: (key, read, beforeMs) => this.#reported(key, null, read, beforeMs),
    });
  }

  /**
   * Answers from memory, without I/O. Returns null if answering would need I/O.
   *
   * @param isDue whether `valueHit` has found that this hit has to reload the entry early
   */
  hit(key: CacheKey, load: Load, policy: ResolvedPolicy, recipe: Recipe | null, isDue = false): Answer | null {
    const { engine, reporter, clock } = this.#options;
    const monotonic = clock.monotonic();
    const wall = clock.now();
    const cached = engine.lookup.freshInMemory(key, monotonic, wall);
    if (!cached?.isSound) return null;
    const isRefreshed = isDue || this.#isRefreshDue(cached, policy.earlyRefresh, monotonic, wall);
    if (isRefreshed) engine.reader.refresh({ key, source: engine.loader.source(key, load, policy), policy }, cached);
    const verified = engine.follower.isTrusted;
    const facts = { tier: 'memory', verified, reason: isRefreshed ? 'early-refresh' : null } as const;
    const answer = { cached, outcome: outcomeOf('hit', cached, wall, facts) };
    const isTimed = this.#isTimed();
    reporter.reportHit(
      key,
      recipe,
      answer,
      isTimed ? clock.monotonic() - monotonic : null,
      isTimed ? this.#sampleWeight : 0,
    );
    return answer;
  }

  /**
   * As `hit`, for a caller that needs only the value: it makes no outcome, so it works only while nothing but the counters
   * uses one. Returns null if the caller has to call `hit`, and `due` if that call has to reload the entry early.
   */
  valueHit(key: CacheKey, earlyRefresh: number): CachedEntry | 'due' | null {
    const { engine, reporter, clock } = this.#options;
    if (reporter.reportsHits || !engine.follower.isTrusted) return null;
    const monotonic = clock.monotonic();
    const wall = clock.now();
    const cached = engine.lookup.freshInMemory(key, monotonic, wall);
    if (cached === null || !cached.decodes()) return null;
    if (this.#isRefreshDue(cached, earlyRefresh, monotonic, wall)) return 'due';
    reporter.countHit(cached);
    if (this.#isTimed()) reporter.countHitTime(cached, clock.monotonic() - monotonic, this.#sampleWeight);
    return cached;
  }

  #isRefreshDue(cached: CachedEntry, earlyRefresh: number, monotonic: number, wall: number): boolean {
    if (earlyRefresh <= DEFAULT_EARLY_REFRESH && cached.isSurelyFreshAt(monotonic, wall)) return false;
    return this.#options.engine.reader.isRefreshDue(cached, earlyRefresh, wall);
  }

  /**
   * Looks a key that `hit` did not find up in the shared tier. Returns null if a read would not do that next. `sharedAnswer` makes an
   * answer of the result. A traced read needs the context of its caller, so `read` makes it.
   */
  askShared(key: CacheKey): SharedRequest | null {
    const { engine, clock } = this.#options;
    const { follower, lookup, inFlight } = engine;
    const at = { monotonic: clock.monotonic(), wall: clock.now() };
    if (!follower.isCurrentAt(at.monotonic, at.wall) || !lookup.asksShared(key)) return null;
    if (inFlight.joinable(key) || this.#traced.hasSubscribers) return null;
    const { found, beganAt } = lookup.find(key, at.monotonic);
    return { found, beganAt, askedAt: at.monotonic };
  }

  /**
   * Returns the answer if the shared tier has a fresh entry, and reports it. Else returns the result of the lookup: the caller then calls
   * `read` with it.
   */
  sharedAnswer(
    found: CachedEntry | LookupMiss,
    { key, load, policy, recipe, asked, isSound = isNotUnsound }: SharedReading,
  ): Answer | SharedFinding {
    const { engine, reporter, clock } = this.#options;
    const at = { monotonic: clock.monotonic(), wall: clock.now() };
    const ms = at.monotonic - asked.askedAt;
    const cached = engine.lookup.stillServable(found);
    if (!isCachedEntry(cached) || !engine.lookup.isFreshAt(cached, at) || !isSound(cached))
      return { found: cached, ms, beganAt: asked.beganAt };
    const isRefreshed = engine.reader.isRefreshDue(cached, policy.earlyRefresh, at.wall);
    if (isRefreshed) engine.reader.refresh({ key, source: engine.loader.source(key, load, policy), policy }, cached);
    const facts = { tier: 'redis', verified: engine.follower.isTrusted, hops: [{ name: 'lookup', ms }] } as const;
    const answer = {
      cached,
      outcome: outcomeOf('hit', cached, at.wall, { ...facts, reason: isRefreshed ? 'early-refresh' : null }),
    };
    reporter.report(key, recipe, answer, ms);
    return answer;
  }

  /**
   * Returns whether `read` may answer without a new load: memory has an entry that is stale or that the log has to verify first, or a load of
   * the key is in progress.
   */
  mayAnswerWithoutLoad(key: CacheKey): boolean {
    const { inFlight, lookup } = this.#options.engine;
    return inFlight.joinable(key) !== undefined || isCachedEntry(lookup.inMemory(key, true));
  }

  /** Returns whether this hit is a timed one, and then sets how many hits it represents. */
  #isTimed(): boolean {
    return this.#skipsLeft-- === 0 && this.#plansNext();
  }

  #plansNext(): true {
    this.#sampleWeight = this.#skips + 1;
    if (this.#firstLeft > 0) this.#firstLeft--;
    else {
      this.#skips = this.#gap;
      this.#gap = nextGap(this.#gap);
    }
    this.#skipsLeft = this.#skips;
    return true;
  }

  /**
   * Returns the answer as bytes, with the outcome of the read. Rejects with the load's own error.
   *
   * @param how `isSound`: `decodes` for a caller that decodes the value next; defaults to `CachedEntry.isSound`. `minPosition`: how much of the log
   *   the answer has to include; defaults to what this process has applied. `shared`: the result of `sharedAnswer`, a moment ago.
   */
  async read(
    key: CacheKey,
    load: Load,
    policy: ResolvedPolicy,
    recipe: Recipe | null,
    { isSound = isNotUnsound, minPosition, shared }: ReadingHow = {},
  ): Promise<Answer> {
    const { engine } = this.#options;
    const request = { key, source: engine.loader.source(key, load, policy), policy, minPosition };
    const read = async () => {
      const answer = await engine.reader.read({ ...request, shared: shared ?? undefined });
      if (isSound(answer.cached)) return answer;
      await engine.lookup.drop(answer.cached);
      return engine.reader.read(request);
    };
    return this.#reported(key, recipe, read, shared?.ms);
  }

  /** Loads within the bounds of the origin, whether the key is cached or not, and stores nothing. */
  async bypass(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<Answer> {
    const { engine } = this.#options;
    const request = { key, source: engine.loader.source(key, load, policy), policy };
    return this.#reported(key, null, () => engine.reader.bypass(request));
  }

  /** Reads several keys: see `CacheManager.getOrLoadMany`. Returns one answer per item, in their order. */
  many<Target>(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    policy: ResolvedPolicy,
  ): Promise<Answer[]> {
    return this.#batches.read(items, loadMany, policy);
  }

  /** @param beforeMs how long the read has taken before this call */
  #reported(key: CacheKey, recipe: Recipe | null, read: () => Promise<Answer>, beforeMs = 0): Promise<Answer> {
    if (!this.#traced.hasSubscribers) return this.#timed(key, recipe, read, beforeMs);
    const trace: ReadTrace = { cache: this.#options.name, key, prefix: prefixOf(key), outcome: null };
    return this.#traced.tracePromise(async () => {
      const answer = await this.#timed(key, recipe, read, beforeMs);
      trace.outcome = answer.outcome;
      return answer;
    }, trace);
  }

  async #timed(key: CacheKey, recipe: Recipe | null, read: () => Promise<Answer>, beforeMs: number): Promise<Answer> {
    const { reporter, clock } = this.#options;
    const began = clock.monotonic();
    try {
      const answer = await read();
      reporter.report(key, recipe, answer, beforeMs + clock.monotonic() - began);
      return answer;
    } catch (error) {
      reporter.reportFailure(key);
      throw error;
    }
  }
}

/** Returns whether a reader of the bytes may have the entry. */
const isNotUnsound = (cached: CachedEntry): boolean => cached.isSound;
