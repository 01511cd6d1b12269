import type { Background } from './background.ts';
import type { Clock } from './clock.ts';
import type { Answer } from './engine/reader.ts';
import { DemandRecorder, type HotKeyStore, type Recipe } from './hot-keys.ts';
import type { CacheKey } from './key.ts';
import type { CacheLogger } from './logger.ts';
import { type CacheStats, type CounterStore, ReadCounters, summarise } from './read-counters.ts';

export interface ReporterOptions {
  readonly counters: CounterStore;
  readonly hotKeys: HotKeyStore;
  readonly clock: Clock;
  readonly background: Background;
  readonly logger: CacheLogger;
}

const FLUSH_EVERY_MS = 250;
const NO_PREFIX = '(none)';

/** The one place where a read's outcome becomes a log line, counts and demand. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #counters = new ReadCounters();
  readonly #demand = new DemandRecorder();
  readonly #stopping = new AbortController();

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.background.run('report', async () => {
      while (!this.#stopping.signal.aborted) {
        await this.#options.clock.sleep(FLUSH_EVERY_MS, this.#stopping.signal);
        await this.#flush();
      }
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** `recipe` is null when the worker could not compute the answer again; `durationMs` when it was not timed. */
  report(key: CacheKey, recipe: Recipe | null, { kept, outcome }: Answer, durationMs: number | null): void {
    const { logger } = this.#options;
    const isHit = outcome.outcome === 'hit' || outcome.outcome === 'stale';
    if (logger.isLevelEnabled?.('debug') ?? true) {
      if (isHit) logger.debug(`Cache HIT: ${key}`);
      else if (outcome.outcome === 'miss') logger.debug(`Cache MISS: ${key}`);
    }
    // Keys written by hand may have no prefix; each would be one of its own for ever.
    const prefix = kept.footprint.prefixes[0] ?? NO_PREFIX;
    this.#counters.count(prefix, outcome, durationMs, kept.entry.body.length);
    if (recipe && outcome.outcome !== 'bypass') this.#demand.note(key, recipe);
  }

  /** Summed over all processes; over this one alone when the store is out of reach. */
  async stats(): Promise<CacheStats> {
    await this.#flush();
    const sum = await this.#options.counters.read().catch(() => ({}));
    return summarise(sum, this.#counters.pending());
  }

  async reset(): Promise<void> {
    this.#counters.reset();
    await this.#options.counters.reset();
  }

  async #flush(): Promise<void> {
    const { counters, hotKeys } = this.#options;
    // Counts that can't be added wait for the next time; the store's connection tells that it is out of reach.
    await Promise.allSettled([this.#counters.flush(counters), this.#demand.report(hotKeys)]);
  }
}
