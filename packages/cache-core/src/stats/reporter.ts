import { type Channel, channel } from 'node:diagnostics_channel';
import { DemandRecorder } from '../demand/demand-recorder.ts';
import { MAX_RECIPE_BYTES } from '../demand/recipe-codec.ts';
import type { Answer } from '../model/answer.ts';
import type { Background } from '../model/background.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import { cacheChannels, type ReadMessage } from '../model/diagnostics.ts';
import { Unreachable } from '../model/errors.ts';
import { type CacheKey, prefixOf } from '../model/key.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { HotKeys, Recipe } from '../ports/hot-key-store.ts';
import { type ProcessCounts, processCounts } from './process-counts.ts';
import { type CacheStats, NO_PREFIX, ReadCounters, summarise } from './read-counters.ts';
import { withWindows } from './windows.ts';

export interface ReporterOptions {
  /** The name of the cache. */
  readonly name: string;
  readonly counters: CounterStore;
  readonly hotKeys: HotKeys;
  readonly clock: Clock;
  readonly background: Background;
  readonly logger: CacheLogger;
}

const FLUSH_EVERY_MS = 250;

/** Turns each read's outcome into a log line, counts, demand and an event. No other module reports reads. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #counters = new ReadCounters();
  readonly #demand: DemandRecorder;
  readonly #reads: Channel<ReadMessage> = channel(cacheChannels.read);
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #summing: Promise<CacheStats> | null = null;
  #isErrorLogged = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    const { logger } = options;
    let isLengthLogged = false;
    const onTooLong = (key: CacheKey, bytes: number) => {
      if (isLengthLogged) return;
      isLengthLogged = true;
      logger.warn(
        `${key} and other keys whose input takes more than ${MAX_RECIPE_BYTES} bytes are never warmed: it takes ${bytes}`,
      );
    };
    this.#demand = new DemandRecorder({ onTooLong });
  }

  start(): void {
    this.#options.background.run('report', async () => {
      while (!this.#stopping.signal.aborted) {
        await this.#options.clock.sleep(FLUSH_EVERY_MS, this.#stopping.signal);
        await this.#inTurn(() => this.#flush());
      }
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Reports an awaited read. `recipe` is null if a worker cannot compute the answer again. */
  report(key: CacheKey, recipe: Recipe | null, answer: Answer, durationMs: number): void {
    const { prefix } = answer.cached;
    this.#count(key, prefix, answer, durationMs, 1);
    if (recipe && answer.outcome.outcome !== 'bypass') this.#demand.note(key, recipe, answer.outcome.loadMs);
    if (this.#reads.hasSubscribers) this.#publish(key, prefix, answer, durationMs, true);
  }

  /** Reports an awaited read without an answer. The tracing channel carries the error. */
  reportFailure(key: CacheKey): void {
    this.#counters.countFailure(prefixOf(key) ?? NO_PREFIX);
  }

  /** Reports a memory hit. `durationMs` is null if the hit was not timed; else it represents `sampleWeight` hits. */
  reportHit(
    key: CacheKey,
    recipe: Recipe | null,
    answer: Answer,
    durationMs: number | null,
    sampleWeight: number,
  ): void {
    const { prefix } = answer.cached;
    this.#count(key, prefix, answer, durationMs, sampleWeight);
    if (recipe && (durationMs !== null || this.#demand.notesEach))
      this.#demand.noteHit(key, recipe, answer.outcome.loadMs, sampleWeight);
    if (this.#reads.hasSubscribers) this.#publish(key, prefix, answer, durationMs, false);
  }

  /** Whether anything besides the counters uses the outcome of a hit: a subscriber, or the debug log. */
  get reportsHits(): boolean {
    return this.#reads.hasSubscribers || (this.#options.logger.isLevelEnabled?.('debug') ?? true);
  }

  /** As `reportHit`, for a hit whose outcome only the counters use. */
  countHit(cached: CachedEntry): void {
    this.#counters.countHit(cached);
  }

  /** Adds the duration of a hit that `countHit` has counted; it represents `sampleWeight` hits. */
  countHitTime(cached: CachedEntry, durationMs: number, sampleWeight: number): void {
    this.#counters.countHitTime(cached, durationMs, sampleWeight);
  }

  #publish(
    key: CacheKey,
    prefix: string | null,
    { outcome }: Answer,
    durationMs: number | null,
    awaited: boolean,
  ): void {
    this.#reads.publish({ cache: this.#options.name, key, prefix, outcome, durationMs, awaited });
  }

  #count(
    key: CacheKey,
    prefix: string | null,
    { cached, outcome }: Answer,
    durationMs: number | null,
    sampleWeight: number,
  ): void {
    const { logger } = this.#options;
    const isHit = outcome.outcome === 'hit' || outcome.outcome === 'stale';
    if (logger.isLevelEnabled?.('debug') ?? true) {
      if (isHit) logger.debug(`Cache HIT: ${key}`);
      else if (outcome.outcome === 'miss') logger.debug(`Cache MISS: ${key}`);
    }
    this.#counters.count(prefix ?? NO_PREFIX, outcome, durationMs, cached.bodyBytes, sampleWeight);
  }

  /** Returns the sums over all processes; if the store is unreachable, the counts of this process since it last reached it. */
  stats(): Promise<CacheStats> {
    this.#summing ??= this.#inTurn(() => this.#sum()).finally(() => {
      this.#summing = null;
    });
    return this.#summing;
  }

  /** Returns the counts of this process since its start. */
  sinceStart(): ProcessCounts[] {
    return processCounts(this.#counters.sinceStart());
  }

  reset(): Promise<void> {
    return this.#inTurn(() => {
      this.#counters.reset();
      return this.#options.counters.reset();
    });
  }

  async #sum(): Promise<CacheStats> {
    const { counters } = this.#options;
    await this.#flush();
    const unless = (error: unknown) => this.#failed(error);
    const [sum, recent] = await Promise.all([counters.read().catch(unless), counters.recent?.().catch(unless) ?? null]);
    const pending = this.#counters.pending();
    if (!sum) return { over: 'this process', ...summarise(pending) };
    const stats = { over: 'all processes' as const, ...summarise(sum, pending) };
    return recent ? withWindows(stats, recent, pending) : stats;
  }

  async #flush(): Promise<void> {
    const { counters, hotKeys } = this.#options;
    // Counts that cannot be added stay for the next flush.
    const settled = await Promise.allSettled([this.#counters.flush(counters), this.#demand.report(hotKeys)]);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) this.#failed(failed.reason);
    else this.#isErrorLogged = false;
  }

  /** The connection logs an unreachable store. Any other error is logged once, until the store works again. */
  #failed(error: unknown): null {
    if (!(error instanceof Unreachable) && !this.#isErrorLogged) {
      this.#isErrorLogged = true;
      this.#options.logger.error({ err: error }, 'could not add counts and demand to the sums of all processes');
    }
    return null;
  }

  /** Runs one piece of work at a time: counts on their way to the store may be missing both in its sum and here. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // the caller handles the error
    return result;
  }
}
