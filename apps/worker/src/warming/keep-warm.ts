import {
  type CacheKey,
  type CacheManager,
  type Clock,
  expectedReads,
  type HotKey,
  Unreachable,
} from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import { type CachedAnswer, commonKeys, type Warmable, warmableOf } from '@pilotlight/recipes';
import type { Logger } from '@pilotlight/runtime';
import PQueue from 'p-queue';
import type { Outage } from '../outage.ts';
import type { Budget } from './budget.ts';
import { dueKeys } from './due-keys.ts';
import { FreshnessCache } from './freshness-cache.ts';
import * as limits from './limits.ts';
import { OriginHealth } from './origin-health.ts';

export interface KeepWarmOptions {
  readonly cache: Pick<CacheManager, 'hotKeys' | 'demand' | 'freshForMs' | 'warm'>;
  readonly origin: Origin;
  readonly logger: Logger;
  /** The answers that can be computed. */
  readonly answers: readonly CachedAnswer[];
  /** Logs when keys cannot be loaded. */
  readonly loading: Outage;
  readonly clock: Clock;
  /** The share of the origin's time that warming may use. */
  readonly budget: Budget;
  /** Called after each sweep. */
  readonly onWarmed?: (reason: WarmReason, counts: WarmSweepCounts) => void;
  /** The interval of the sweeps, in ms. Default `SWEEP_EVERY_MS`. */
  readonly sweepEveryMs?: number;
}

/** Why keys are warmed: after an invalidation, by the periodic sweep, or at the start of a process. */
export type WarmReason = 'invalidated' | 'scheduled' | 'started';

/**
 * Counts of the keys by result. `skipped`: the key has no recipe any more, so its demand is forgotten. `deferred`: a later sweep or a
 * reader loads the key, because the origin is overloaded or warming has used its share of it.
 */
export interface WarmSweepCounts {
  loaded: number;
  fresh: number;
  skipped: number;
  failed: number;
  deferred: number;
}

/** A key to reload, unless it has become fresh for longer than `freshForMs` meanwhile. */
interface Target extends Warmable {
  readonly freshForMs: number;
}

type Candidate = Warmable & Pick<HotKey, 'reads' | 'loadMs'>;

/** Reloads requested keys before they expire: within a share of the origin's time, and at a lower priority than readers. */
export class KeepWarm {
  readonly #options: KeepWarmOptions;
  readonly #everyMs: number;
  readonly #turns = new PQueue({ concurrency: limits.LOADS_AT_A_TIME });
  readonly #health: OriginHealth;
  readonly #freshness: FreshnessCache;

  constructor(options: KeepWarmOptions) {
    const { clock, cache } = options;
    this.#options = options;
    this.#everyMs = options.sweepEveryMs ?? limits.SWEEP_EVERY_MS;
    this.#health = new OriginHealth(clock);
    this.#freshness = new FreshnessCache({ clock, cache });
  }

  /** Warms the keys of these prefixes, those that save most first. Rejects if aborted, or if the demand cannot be read. */
  async warm(reason: WarmReason, prefixes: readonly string[], signal: AbortSignal): Promise<WarmSweepCounts> {
    const tally: WarmSweepCounts = { loaded: 0, fresh: 0, skipped: 0, failed: 0, deferred: 0 };
    const candidates = await this.#candidates(reason, prefixes, tally);
    const targets = await this.#targets(reason, candidates, tally);
    tally.fresh = candidates.length - targets.length - tally.deferred;
    const { logger, loading } = this.#options;
    if (reason === 'started' && targets.length > 0) logger.info(`Warming a cold cache: ${targets.length} keys`);
    try {
      await this.#warmAll(reason, targets, tally, signal);
    } finally {
      this.#options.onWarmed?.(reason, tally);
    }
    if (tally.failed === 0 && tally.loaded > 0) loading.end();
    this.#logSummary(reason, targets.length, tally);
    return tally;
  }

  /** Returns the keys that are worth warming, best first. */
  async #candidates(reason: WarmReason, prefixes: readonly string[], tally: WarmSweepCounts): Promise<Candidate[]> {
    const { cache, origin, answers } = this.#options;
    const hot = await cache.hotKeys(limits.MAX_SWEEP_KEYS, prefixes);
    const asked = new Set(hot.map(({ key }) => key));
    const common = reason === 'started' ? commonKeys(answers).filter(({ key }) => !asked.has(key)) : [];
    const gone: CacheKey[] = [];
    const candidates = [...hot, ...common.map((one) => ({ ...one, reads: 0, loadMs: 0 }))].flatMap((one) => {
      const warmable = warmableOf(one, origin, answers);
      if (!warmable) gone.push(one.key);
      return warmable ? [{ ...warmable, reads: one.reads, loadMs: one.loadMs }] : [];
    });
    tally.skipped = gone.length;
    await this.#forget(gone);
    if (reason !== 'scheduled') return candidates;
    return candidates.filter((one) => expectedReads(one, one.policy.freshForMs) >= limits.MIN_EXPECTED_READS);
  }

  async #forget(gone: readonly CacheKey[]): Promise<void> {
    const { cache, logger } = this.#options;
    if (gone.length === 0) return;
    logger.debug(`forgot ${gone.length} keys without a recipe, such as ${gone[0]}`);
    // If the store is unreachable, they stay and are skipped again.
    await cache.demand.forget(gone).catch((error: unknown) => {
      if (!(error instanceof Unreachable)) throw error;
    });
  }

  async #targets(reason: WarmReason, candidates: readonly Candidate[], tally: WarmSweepCounts): Promise<Target[]> {
    const scheduled = reason === 'scheduled';
    const freshForMs = await this.#freshness.freshForMs(candidates, scheduled).catch((error: unknown) => {
      // Without the shared tier or the log, no reader could use the loaded entries.
      if (!(error instanceof Unreachable)) throw error;
      this.#options.loading.begin(error);
      return null;
    });
    const seen = candidates.map((one, i) => {
      const longestMs = one.policy.freshForMs;
      const leadMs = Math.min(limits.LEAD_MS + one.loadMs, longestMs * limits.MAX_LEAD_SHARE);
      const earliestMs = longestMs * limits.EARLY_SHARE;
      return { ...one, leadMs, earliestMs, freshForMs: freshForMs?.[i] ?? Number.POSITIVE_INFINITY };
    });
    tally.deferred = seen.filter((one) => one.freshForMs === Number.POSITIVE_INFINITY).length;
    if (!scheduled) return seen.filter((one) => one.freshForMs === 0);
    const due = new Set(dueKeys(seen, this.#everyMs));
    return seen.filter((one) => due.has(one));
  }

  async #warmAll(
    reason: WarmReason,
    targets: readonly Target[],
    tally: WarmSweepCounts,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    const apartMs = reason === 'scheduled' ? (limits.SPREAD_SHARE * this.#everyMs) / Math.max(1, targets.length) : 0;
    const running: Promise<unknown>[] = [];
    let done = 0;
    for (const [i, target] of targets.entries()) {
      if (apartMs > 0) await clock.sleep(Math.max(0, began + i * apartMs - clock.monotonic()), signal);
      const warmNext = async () => {
        if (signal.aborted) return;
        tally[await this.#warmOne(target)]++;
        if (reason === 'started') this.#logProgress(++done, targets.length);
      };
      running.push(this.#turns.add(warmNext));
    }
    await Promise.all(running);
    signal.throwIfAborted();
  }

  /** A sweep that found nothing to do writes no line: it runs every few seconds. */
  #logSummary(reason: WarmReason, targets: number, { loaded, skipped, failed, deferred }: WarmSweepCounts): void {
    if (targets + skipped + deferred === 0) return;
    const rest = `${reason}; ${skipped} skipped, ${failed} failed, ${deferred} deferred`;
    const summary = `Warmed ${loaded} of ${targets} keys (${rest})`;
    if (reason === 'started' && targets > 0) this.#options.logger.info(summary);
    else this.#options.logger.debug(summary);
  }

  /** Logs at each tenth. */
  #logProgress(done: number, of: number): void {
    const tenths = (n: number) => Math.floor((10 * n) / of);
    if (done < of && tenths(done) > tenths(done - 1))
      this.#options.logger.info(`Warming a cold cache: ${done} of ${of} keys`);
  }

  async #warmOne({ key, load, policy, freshForMs }: Target): Promise<keyof WarmSweepCounts> {
    const { cache, loading, budget } = this.#options;
    if (this.#health.isPaused || (await budget.isSpent())) return 'deferred';
    const { measured, usedMs } = this.#measure(load);
    this.#freshness.forget(key);
    try {
      // Skipped if another process has reloaded the key meanwhile: then it is fresh for longer than `freshForMs`.
      const loaded = await cache.warm(key, measured, policy, freshForMs);
      this.#health.succeeded();
      return loaded ? 'loaded' : 'fresh';
    } catch (error) {
      this.#health.failed(error);
      this.#freshness.defer(key, limits.RETRY_MS);
      loading.begin(error);
      return 'failed';
    } finally {
      if (usedMs() > 0) await budget.spend(usedMs());
    }
  }

  /** Wraps a load to measure its time at the origin; `usedMs` counts an unfinished load up to now. */
  #measure(load: Target['load']): { measured: Target['load']; usedMs: () => number } {
    const { clock } = this.#options;
    let began: number | null = null;
    let ended: number | null = null;
    const measured: Target['load'] = async (context) => {
      began = clock.monotonic();
      try {
        return await load(context);
      } finally {
        ended = clock.monotonic();
      }
    };
    return { measured, usedMs: () => (began === null ? 0 : (ended ?? clock.monotonic()) - began) };
  }
}
