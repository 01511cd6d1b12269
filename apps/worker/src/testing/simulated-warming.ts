import { buildKey, type CacheKey, type CacheManager, type Recipe } from '@pilotlight/cache-core';
import { type SimulatedProcess, SimulatedWorld } from '@pilotlight/cache-core/testing';
import type { Origin } from '@pilotlight/origin';
import { type CachedAnswer, policyOf } from '@pilotlight/recipes';
import { z } from 'zod';
import { Outage } from '../outage.ts';
import { KeepWarm } from '../warming/keep-warm.ts';
import { MAX_SAVED_UP_MS } from '../warming/limits.ts';
import { LocalBudget } from './local-budget.ts';
import { collectingLogger } from './open-test-world.ts';

/** One load at the simulated origin. */
export interface SimulatedLoad {
  readonly n: number;
  readonly at: number;
}

const QUIET = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0, isLevelEnabled: () => false };
/** The simulated answers do not use the origin. */
const NO_ORIGIN = {} as Origin;

/** Simulates readers, workers and an origin with one manual clock; the warming is the worker's real code. */
export class SimulatedWarming {
  readonly world = new SimulatedWorld();
  readonly loads: SimulatedLoad[] = [];
  readonly lines: string[];
  /** The error with which loads fail; null if they succeed. */
  fails: (() => Error) | null = null;
  /** Returns the duration of a load, in ms. */
  loadMsOf: (n: number) => number = () => 50;
  readonly #logger;
  readonly #random = seeded();
  /** The share of the origin's time, over all workers. */
  readonly share = 0.25;
  readonly #budget = new LocalBudget({ clock: this.world.clock, share: this.share, maxMs: MAX_SAVED_UP_MS });
  readonly answer: CachedAnswer;

  /** @param timeout how long an answer is fresh, in seconds */
  constructor(timeout: number) {
    ({ logger: this.#logger, lines: this.lines } = collectingLogger());
    this.answer = {
      prefix: 'search',
      name: 'answer',
      timeout,
      schema: z.strictObject({ n: z.int() }),
      common: [{ n: 0 }, { n: 1 }],
      kindOf: () => 'any',
      compute: async (_, input) => this.load(z.object({ n: z.int() }).parse(input).n),
    };
  }

  /** Loads from the simulated origin. */
  async load(n: number): Promise<object> {
    const { clock } = this.world;
    this.loads.push({ n, at: clock.monotonic() });
    if (this.fails) throw this.fails();
    await clock.sleep(this.loadMsOf(n));
    return { n };
  }

  reader(options: Parameters<SimulatedWorld['process']>[0] = {}): Promise<SimulatedProcess> {
    return this.world.process({ logger: QUIET, random: this.#random, ...options });
  }

  async worker(): Promise<KeepWarm> {
    const { cache } = await this.reader();
    const logger = this.#logger;
    const loading = new Outage(logger, { begun: 'could not warm', over: 'warm again' });
    return new KeepWarm({
      cache,
      origin: NO_ORIGIN,
      logger,
      answers: [this.answer],
      loading,
      clock: this.world.clock,
      budget: this.#budget,
    });
  }

  recipe(n: number): Recipe {
    return { prefix: this.answer.prefix, name: this.answer.name, params: { n } };
  }

  key(n: number): CacheKey {
    return buildKey(this.recipe(n));
  }

  /** Reads like the api. Returns the outcome. */
  async read(
    cache: CacheManager,
    n: number,
    policy = policyOf(this.answer, { logs: { name: 'postgres' } }),
  ): Promise<string> {
    const [key, recipe] = [this.key(n), this.recipe(n)];
    const load = () => this.load(n);
    const answer =
      cache.internal.reader.hit(key, load, policy, recipe) ??
      (await cache.internal.reader.read(key, load, policy, recipe));
    return answer.outcome.outcome;
  }

  /** Returns the maximum number of loads that began within one second, from the instant `from` on. */
  peakPerSecond(from: number): number {
    const ats = this.loads.map(({ at }) => at).filter((at) => at >= from);
    let [first, most] = [0, 0];
    for (const [last, at] of ats.entries()) {
      while ((ats[first] ?? at) <= at - 1_000) first++;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** Returns the same random numbers in each run (Mulberry32). */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
