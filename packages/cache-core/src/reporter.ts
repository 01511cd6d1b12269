import { type Channel, channel } from 'node:diagnostics_channel';
import type { Answer } from './answer.ts';
import type { Background } from './background.ts';
import type { Clock } from './clock.ts';
import type { CounterStore } from './counter-store.ts';
import { DemandRecorder } from './demand-recorder.ts';
import { cacheChannels, type ReadMessage } from './diagnostics.ts';
import { Unreachable } from './errors.ts';
import type { HotKeys, Recipe } from './hot-key-store.ts';
import { type CacheKey, prefixOf } from './key.ts';
import type { CacheLogger } from './logger.ts';
import { type CacheStats, ReadCounters, summarise } from './read-counters.ts';
import { MAX_RECIPE_BYTES } from './recipe-codec.ts';
import type { Kept } from './tiers/kept.ts';

export interface ReporterOptions {
  /** The cache's. */
  readonly name: string;
  readonly counters: CounterStore;
  readonly hotKeys: HotKeys;
  readonly clock: Clock;
  readonly background: Background;
  readonly logger: CacheLogger;
}

const FLUSH_EVERY_MS = 250;
const NO_PREFIX = '(none)';

/** The one place where a read's outcome becomes a log line, counts, demand and an event. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #counters = new ReadCounters();
  readonly #demand: DemandRecorder;
  readonly #reads: Channel<ReadMessage> = channel(cacheChannels.read);
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #summing: Promise<CacheStats> | null = null;
  #isTold = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    const { logger } = options;
    let isToldOfLength = false;
    const onTooLong = (key: CacheKey, bytes: number) => {
      if (isToldOfLength) return;
      isToldOfLength = true;
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

  /** A read that was awaited. `recipe` is null when the worker could not compute the answer again. */
  report(key: CacheKey, recipe: Recipe | null, answer: Answer, durationMs: number): void {
    const prefix = prefixOf(key);
    this.#count(key, prefix, answer, durationMs, 1);
    if (recipe && answer.outcome.outcome !== 'bypass') this.#demand.note(key, recipe, answer.outcome.loadMs);
    if (this.#reads.hasSubscribers)
      this.#reads.publish({
        cache: this.#options.name,
        key,
        prefix,
        outcome: answer.outcome,
        durationMs,
        awaited: true,
      });
  }

  /** A read that was awaited and got no answer: the tracing channel tells why. */
  reportFailure(key: CacheKey): void {
    this.#counters.countFailure(prefixOf(key) ?? NO_PREFIX);
  }

  /** A hit in memory that was answered at once. `durationMs` is null when it was not timed; else it stands for so many hits. */
  reportHit(
    key: CacheKey,
    recipe: Recipe | null,
    answer: Answer,
    durationMs: number | null,
    sampleWeight: number,
  ): void {
    const { prefix } = answer.kept;
    this.#count(key, prefix, answer, durationMs, sampleWeight);
    if (recipe && (durationMs !== null || this.#demand.notesEach))
      this.#demand.noteHit(key, recipe, answer.outcome.loadMs, sampleWeight);
    if (this.#reads.hasSubscribers)
      this.#reads.publish({
        cache: this.#options.name,
        key,
        prefix,
        outcome: answer.outcome,
        durationMs,
        awaited: false,
      });
  }

  /** Whether anybody but the counters is told of a hit. */
  get reportsHits(): boolean {
    return this.#reads.hasSubscribers || (this.#options.logger.isLevelEnabled?.('debug') ?? true);
  }

  /** As `reportHit`, with nobody else to tell. */
  countHit(kept: Kept, durationMs: number | null, sampleWeight: number): void {
    this.#counters.countHit(kept.prefix ?? NO_PREFIX, kept, durationMs, sampleWeight);
  }

  #count(
    key: CacheKey,
    prefix: string | null,
    { kept, outcome }: Answer,
    durationMs: number | null,
    sampleWeight: number,
  ): void {
    const { logger } = this.#options;
    const isHit = outcome.outcome === 'hit' || outcome.outcome === 'stale';
    if (logger.isLevelEnabled?.('debug') ?? true) {
      if (isHit) logger.debug(`Cache HIT: ${key}`);
      else if (outcome.outcome === 'miss') logger.debug(`Cache MISS: ${key}`);
    }
    this.#counters.count(prefix ?? NO_PREFIX, outcome, durationMs, kept.body.length, sampleWeight);
  }

  /** Summed over all processes; with the store out of reach, what this one has counted since it last reached it. */
  stats(): Promise<CacheStats> {
    this.#summing ??= this.#inTurn(() => this.#sum()).finally(() => {
      this.#summing = null;
    });
    return this.#summing;
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
    const sum = await counters.read().catch((error: unknown) => this.#leftOut(error));
    const pending = this.#counters.pending();
    return sum
      ? { over: 'all processes', ...summarise(sum, pending) }
      : { over: 'this process', ...summarise(pending) };
  }

  async #flush(): Promise<void> {
    const { counters, hotKeys } = this.#options;
    // Counts that can't be added wait for the next time.
    const settled = await Promise.allSettled([this.#counters.flush(counters), this.#demand.report(hotKeys)]);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) this.#leftOut(failed.reason);
    else this.#isTold = false;
  }

  /** A store out of reach is told by its connection; anything else once, until it works again. */
  #leftOut(error: unknown): null {
    if (!(error instanceof Unreachable) && !this.#isTold) {
      this.#isTold = true;
      this.#options.logger.error({ err: error }, 'counts and demand are left out of what all processes share');
    }
    return null;
  }

  /** One at a time: counts that are under way to the store are neither in its sum for sure nor here. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // told to who asked for it
    return result;
  }
}
