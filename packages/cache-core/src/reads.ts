import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { Answer } from './answer.ts';
import type { Clock, Instant } from './clock.ts';
import { cacheChannels, type ReadTrace } from './diagnostics.ts';
import { type BatchItem, BatchLoad, type LoadMany } from './engine/batch-load.ts';
import type { CacheEngine } from './engine/create-engine.ts';
import type { Load } from './engine/load.ts';
import { isKept } from './engine/lookup.ts';
import type { Recipe } from './hot-key-store.ts';
import { type CacheKey, prefixOf } from './key.ts';
import { outcomeOf } from './outcome.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { Reporter } from './reporter.ts';
import type { Kept } from './tiers/kept.ts';

export interface ReadsOptions {
  readonly engine: CacheEngine;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** The cache's. */
  readonly name: string;
}

/**
 * Of about 16 hits in memory one is timed: to ask the clock once more costs as much as the rest. The distances between them
 * are those of a linear congruential generator that comes by each of 0 to 31, so no rhythm of the readers falls in with them.
 */
const FIRST_DISTANCE = 15;
const nextDistance = (before: number) => (before * 5 + 3) & 31;

/** Reads, each reported once. */
export class Reads {
  readonly #options: ReadsOptions;
  readonly #traced: TracingChannel<ReadTrace> = tracingChannel(cacheChannels.read);
  /** Hits since the last that was timed; so many are left out before the next is. */
  #untimed = 0;
  #toLeaveOut = 0;
  #distance = FIRST_DISTANCE;
  #standsFor = 0;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  /** Null: it can't be told without waiting. `policyOf` is asked only when this hit is reloaded ahead of its end. */
  hit(
    key: CacheKey,
    load: Load,
    recipe: Recipe | null,
    how: { readonly earlyRefresh: number; readonly policyOf: () => ResolvedPolicy; readonly isDue?: boolean },
  ): Answer | null {
    const { engine, reporter, clock } = this.#options;
    const at = { monotonic: clock.monotonic(), wall: clock.now() };
    const kept = engine.reader.hit(key, at);
    if (!kept?.isJson) return null;
    const isDue = how.isDue || engine.reader.isRefreshDue(kept, how.earlyRefresh, at.wall);
    if (isDue) {
      const policy = how.policyOf();
      engine.reader.refresh({ key, ask: engine.loader.ask(key, load, policy), policy }, kept);
    }
    const verified = engine.follower.isTrusted;
    const facts = { tier: 'memory', verified, reason: isDue ? 'early-refresh' : null } as const;
    const answer = { kept, outcome: outcomeOf('hit', kept.entry, at.wall, facts) };
    reporter.reportHit(key, recipe, answer, this.#tookMs(at), this.#standsFor);
    return answer;
  }

  /**
   * As `hit`, for who wants the value alone: with nobody to tell but the counters, it makes no outcome. Null: ask `hit`; `due`:
   * and tell it that this hit is to be reloaded ahead of its end.
   */
  valueHit(key: CacheKey, earlyRefresh: number): Kept | 'due' | null {
    const { engine, reporter, clock } = this.#options;
    if (reporter.tellsOfHits || !engine.follower.isTrusted) return null;
    const at = { monotonic: clock.monotonic(), wall: clock.now() };
    const kept = engine.reader.hit(key, at);
    if (!kept?.decodes()) return null;
    if (engine.reader.isRefreshDue(kept, earlyRefresh, at.wall)) return 'due';
    reporter.countHit(kept, this.#tookMs(at), this.#standsFor);
    return kept;
  }

  /** How long a hit took, if it is one that is timed; and how many hits its time stands for. */
  #tookMs({ monotonic }: Instant): number | null {
    if (this.#untimed < this.#toLeaveOut) {
      this.#untimed++;
      this.#standsFor = 0;
      return null;
    }
    this.#standsFor = this.#untimed + 1;
    this.#untimed = 0;
    this.#toLeaveOut = this.#distance;
    this.#distance = nextDistance(this.#distance);
    return this.#options.clock.monotonic() - monotonic;
  }

  /** `isSound` is `isJson` or `decodes` of what was found: the second for who asks for the value next. */
  async read(
    key: CacheKey,
    load: Load,
    policy: ResolvedPolicy,
    recipe: Recipe | null,
    isSound: (kept: Kept) => boolean = (kept) => kept.isJson,
  ): Promise<Answer> {
    const { engine } = this.#options;
    const request = { key, ask: engine.loader.ask(key, load, policy), policy };
    return this.#reported(key, recipe, async () => {
      const answer = await engine.reader.read(request);
      if (isSound(answer.kept)) return answer;
      await engine.lookup.drop(answer.kept);
      return engine.reader.read(request);
    });
  }

  async bypass(key: CacheKey, load: Load, policy: ResolvedPolicy): Promise<Answer> {
    const { engine } = this.#options;
    const request = { key, ask: engine.loader.ask(key, load, policy), policy };
    return this.#reported(key, null, () => engine.reader.bypass(request));
  }

  async many<Target>(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    policy: ResolvedPolicy,
  ): Promise<Answer[]> {
    const answers = await this.#many(items, loadMany, policy);
    const unsound = new Set(answers.filter(({ kept }) => !kept.decodes()).map(({ kept }) => kept));
    if (unsound.size === 0) return answers;
    await Promise.all([...unsound].map((kept) => this.#options.engine.lookup.drop(kept)));
    return this.#many(items, loadMany, policy); // the others come from the memory tier
  }

  async #many<Target>(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    policy: ResolvedPolicy,
  ): Promise<Answer[]> {
    const { engine, clock } = this.#options;
    const { follower, lookup, reader, loader, flights } = engine;
    const once = new Map(items.map((item) => [item.key, item]));
    const verified = follower.isCurrent || (await follower.catchUp());
    if (verified) {
      const isAtHand = (key: CacheKey) => {
        const found = lookup.inMemory(key, true);
        return flights.under(key) !== undefined || (isKept(found) && lookup.isFresh(found));
      };
      lookup.prefetch([...once.keys()].filter((key) => !isAtHand(key)));
    }
    const batch = new BatchLoad([...once.values()], loadMany, { policy, loader, clock });
    const reads = new Map(
      [...once].map(([key, item]) => {
        const request = { key, ask: batch.ask(item), policy, onNoAsk: () => batch.decided(key) };
        return [key, this.#reported(key, null, () => reader.read(request))];
      }),
    );
    const answers = new Map(await Promise.all([...reads].map(async ([key, answer]) => [key, await answer] as const)));
    return items.map(({ key }) => {
      const answer = answers.get(key);
      if (!answer) throw new Error(`expected an answer for ${key}, got none`);
      return answer;
    });
  }

  #reported(key: CacheKey, recipe: Recipe | null, read: () => Promise<Answer>): Promise<Answer> {
    if (!this.#traced.hasSubscribers) return this.#timed(key, recipe, read);
    const trace: ReadTrace = { cache: this.#options.name, key, prefix: prefixOf(key), outcome: null };
    return this.#traced.tracePromise(async () => {
      const answer = await this.#timed(key, recipe, read);
      trace.outcome = answer.outcome;
      return answer;
    }, trace);
  }

  async #timed(key: CacheKey, recipe: Recipe | null, read: () => Promise<Answer>): Promise<Answer> {
    const { reporter, clock } = this.#options;
    const began = clock.monotonic();
    try {
      const answer = await read();
      reporter.report(key, recipe, answer, clock.monotonic() - began);
      return answer;
    } catch (error) {
      reporter.reportFailure(key);
      throw error;
    }
  }
}
