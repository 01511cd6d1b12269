import { buildKey, CacheManager, type Clock, type Recipe, resolvePolicy, systemClock } from '@pilotlight/cache-core';
import { connectRedis } from '@pilotlight/cache-core/redis';
import { OriginUnavailable } from '@pilotlight/origin';
import type { CachedAnswer } from '@pilotlight/recipes';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createHandlers } from '../create-handlers.ts';
import { Outage } from '../outage.ts';
import { answer, recipe } from '../testing/counted-answer.ts';
import { LocalBudget } from '../testing/local-budget.ts';
import { firstTry, openTestWorld, POLL, REDIS_TIMEOUTS, type TestWorld } from '../testing/open-test-world.ts';
import { TurnedClock } from '../testing/turned-clock.ts';
import { KeepWarm } from '../warming/keep-warm.ts';

let world: TestWorld;
const opened: CacheManager[] = [];

beforeAll(async () => {
  world = await openTestWorld();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
});
afterAll(() => world.close());

/** Shorter than the time that a load may take. */
const SECOND_LOAD = { timeout: 10_000, interval: 5 };

/** Each test has its own prefixes, because recorded demand outlives the test. */
let prefixes = 0;
const newPrefix = () => `p${++prefixes}`;

/** Opens the cache of another process on the test's servers. */
async function openCache(clock: Clock): Promise<CacheManager> {
  const { redisCacheUrl: cacheUrl, redisQueueUrl: queueUrl } = world.urls;
  const { logger } = world;
  const ports = connectRedis({ cacheUrl, queueUrl, logger, ...REDIS_TIMEOUTS });
  const cache = new CacheManager({ ports, logger, clock });
  opened.push(cache);
  await cache.start();
  await vi.waitFor(() => expect(cache.internal.engine.follower.isCurrent).toBe(true), POLL);
  return cache;
}

const stateOf = (cache: CacheManager, of: Recipe) =>
  cache.internal.reader
    .read(buildKey(of), () => ({ byReader: true }), resolvePolicy(), of)
    .then(({ outcome }) => outcome.outcome);

const unlimited = () => new LocalBudget({ clock: systemClock, share: 1_000, maxMs: Number.MAX_SAFE_INTEGER });

function handlerOn(cache: CacheManager, answers: readonly CachedAnswer[], clock = new TurnedClock().ofSweeps) {
  const { deps, queues, logger } = world;
  const loading = new Outage(logger, { begun: 'could not warm', over: 'warm again' });
  const { origin } = deps;
  const keepWarm = new KeepWarm({ cache, origin, logger, answers, loading, clock, budget: unlimited() });
  return createHandlers(deps, queues, keepWarm, logger)['warm-keys'];
}

/** Reads the keys, and waits until every process knows their demand. */
async function ask(cache: CacheManager, recipes: readonly Recipe[], timeout = 300): Promise<void> {
  for (const one of recipes) {
    await cache.internal.reader.read(
      buildKey(one),
      () => one.params,
      resolvePolicy({ freshFor: timeout * 1_000 }),
      one,
    );
  }
  const prefixes = [...new Set(recipes.map(({ prefix }) => prefix))];
  await expect
    .poll(async () => (await cache.hotKeys(1_000, prefixes)).length, POLL)
    .toBeGreaterThanOrEqual(recipes.length);
}

/** Makes keys hot and cold: reads and then invalidates them. */
async function askAndInvalidate(cache: CacheManager, recipes: readonly Recipe[]): Promise<void> {
  await ask(cache, recipes);
  await cache.invalidate([...new Set(recipes.map(({ prefix }) => prefix))].map((prefix) => ({ prefix })));
}

const twenty = (prefix: string) => Array.from({ length: 20 }, (_, n) => recipe(prefix, n));

const NONE = { loaded: 0, fresh: 0, skipped: 0, failed: 0, deferred: 0 };
const scheduled = (...prefixes: string[]) => ({ reason: 'scheduled', prefixes }) as const;
const invalidated = (...prefixes: string[]) => ({ reason: 'invalidated', prefixes }) as const;

describe('warm-keys', () => {
  test('a steady reader never misses on the hottest keys, however often they expire', async () => {
    const forFiles = newPrefix();
    const forSearch = newPrefix();
    const clock = new TurnedClock();
    const [reader, worker] = await Promise.all([openCache(clock), openCache(clock)]);
    const files = answer(forFiles, 60);
    const search = answer(forSearch, 30);
    const [list, asked] = [recipe(forFiles, 0), recipe(forSearch, 7)];
    const warm = handlerOn(worker, [files.answer, search.answer], clock.ofSweeps);
    for (let i = 0; i < 20; i++) await ask(reader, [list, asked], 30);
    const reads = async () => (await reader.hotKeys(10, [forFiles, forSearch])).map((hot) => hot.reads > 15);
    await expect.poll(reads, POLL).toEqual([true, true]);
    const outcomes = new Set<string>();
    for (let round = 0; round < 60; round++) {
      clock.aheadMs += 5_000;
      await warm(scheduled(forFiles, forSearch), firstTry());
      outcomes.add(await stateOf(reader, list));
      outcomes.add(await stateOf(reader, asked));
    }
    expect(outcomes).toEqual(new Set(['hit']));
    expect(files.asked.length).toBeGreaterThanOrEqual(5);
    expect(search.asked.length).toBeGreaterThanOrEqual(10);
    // Control: without warming, the same reader has to wait.
    clock.aheadMs += 200_000;
    expect(await stateOf(reader, asked)).toBe('miss');
  });

  test('given three workers that sweep at once, a short-lived key never misses and is loaded once per lifetime', async () => {
    const forSearch = newPrefix();
    const clock = new TurnedClock();
    const [reader, ...workers] = await Promise.all([1, 2, 3, 4].map(() => openCache(clock)));
    if (!reader) throw new Error('expected a reader');
    const search = answer(forSearch, 60, async (n) => ({ n }));
    const one = recipe(forSearch, 1);
    const { logger, deps } = world;
    const loading = new Outage(logger, { begun: 'could not warm', over: 'warm again' });
    const sweeps = workers.map((cache) => {
      const parts = {
        origin: deps.origin,
        logger,
        answers: [search.answer],
        loading,
        clock: clock.ofSweeps,
        budget: unlimited(),
      };
      return new KeepWarm({ cache, ...parts, sweepEveryMs: 3_000 });
    });
    for (let i = 0; i < 20; i++) await ask(reader, [one], 60);
    await expect.poll(async () => (await reader.hotKeys(1, [forSearch]))[0]?.reads, POLL).toBeGreaterThan(15);
    const began = clock.now();
    const load = () => search.answer.compute(deps.origin, { n: 1 }, new AbortController().signal);
    const policy = resolvePolicy({ freshFor: '60s' });
    const outcomes: string[] = [];
    // At least four lifetimes; each round has a read and a simultaneous sweep of all workers.
    for (let round = 0; round < 80; round++) {
      outcomes.push((await reader.internal.reader.read(buildKey(one), load, policy, one)).outcome.outcome);
      const { signal } = new AbortController();
      await Promise.all(sweeps.map((sweep) => sweep.warm('scheduled', [forSearch], signal)));
      clock.aheadMs += 3_000;
    }
    expect(outcomes.filter((outcome) => outcome !== 'hit')).toEqual([]);
    expect(search.asked.length).toBeGreaterThanOrEqual(4);
    // A lifetime is 54 to 60 s, of which up to 18 s remain at the reload.
    expect(search.asked.length).toBeLessThanOrEqual(1 + Math.ceil((clock.now() - began) / 36_000));
  });

  test('after an invalidation, hot keys are reloaded before the next read', async () => {
    const forSearch = newPrefix();
    const clock = new TurnedClock();
    const cache = await openCache(clock);
    const search = answer(forSearch, 300);
    const recipes = [1, 2, 3].map((n) => recipe(forSearch, n));
    await askAndInvalidate(cache, recipes);
    const warm = handlerOn(cache, [search.answer]);
    expect(await warm(invalidated(forSearch), firstTry())).toMatchObject({ loaded: 3 });
    for (const one of recipes) expect(await stateOf(cache, one)).toBe('hit');
    expect(await warm(invalidated(forSearch), firstTry())).toMatchObject({
      loaded: 0,
      fresh: 3,
    });
    expect(search.asked.toSorted()).toEqual([1, 2, 3]);
  });

  test('only the prefixes of the job are warmed', async () => {
    const forFiles = newPrefix();
    const forSearch = newPrefix();
    const cache = await openCache(new TurnedClock());
    const [files, search] = [answer(forFiles, 60), answer(forSearch, 60)];
    await askAndInvalidate(cache, [recipe(forFiles, 0), recipe(forSearch, 0)]);
    await handlerOn(cache, [files.answer, search.answer])(invalidated(forFiles), firstTry());
    expect([files.asked, search.asked]).toEqual([[0], []]);
  });

  test('a stored recipe without an answer, or with unparsable input, is skipped and counted', async () => {
    const forSearch = newPrefix();
    const cache = await openCache(new TurnedClock());
    const search = answer(forSearch, 300);
    const gone = { prefix: forSearch, name: 'of_an_older_version', params: { n: 1 } };
    const unreadable = { prefix: forSearch, name: 'answer', params: { n: 'one' } };
    await askAndInvalidate(cache, [recipe(forSearch, 1), gone, unreadable]);
    const warm = handlerOn(cache, [search.answer]);
    expect(await warm(scheduled(forSearch), firstTry())).toEqual({ ...NONE, loaded: 1, skipped: 2 });
    // Their demand is forgotten, so they are not examined again.
    expect(await warm(scheduled(forSearch), firstTry())).toEqual({ ...NONE, fresh: 1 });
  });

  test('a key that fails to load does not stop the others, and is logged once', async () => {
    const forFiles = newPrefix();
    const clock = new TurnedClock();
    const cache = await openCache(clock);
    const before = world.lines.length;
    let isFaulty = true;
    const files = answer(forFiles, 600, (n) =>
      isFaulty && n === 1 ? Promise.reject(new Error('a bug')) : Promise.resolve({ n }),
    );
    await askAndInvalidate(
      cache,
      [0, 1, 2].map((n) => recipe(forFiles, n)),
    );
    const warm = handlerOn(cache, [files.answer], clock.ofSweeps);
    expect(await warm(scheduled(forFiles), firstTry())).toEqual({ ...NONE, loaded: 2, failed: 1 });
    // It is deferred for a while, then tried again.
    expect(await warm(scheduled(forFiles), firstTry())).toEqual({ ...NONE, fresh: 2, deferred: 1 });
    clock.aheadMs += 40_000;
    expect(await warm(scheduled(forFiles), firstTry())).toEqual({ ...NONE, fresh: 2, failed: 1 });
    isFaulty = false;
    clock.aheadMs += 40_000;
    expect(await warm(scheduled(forFiles), firstTry())).toEqual({ ...NONE, loaded: 1, fresh: 2 });
    expect(world.lines.slice(before).filter((line) => /could not warm|warm again/.test(line))).toEqual([
      'could not warm: a bug',
      'warm again',
    ]);
  });

  test('with the origin unreachable, the other keys are not tried one by one', async () => {
    const forFiles = newPrefix();
    const cache = await openCache(new TurnedClock());
    const files = answer(forFiles, 600, () => Promise.reject(new OriginUnavailable('away')));
    await askAndInvalidate(cache, twenty(forFiles));
    expect(await handlerOn(cache, [files.answer])(scheduled(forFiles), firstTry())).toMatchObject({
      loaded: 0,
      fresh: 0,
    });
    expect(files.asked.length).toBeLessThanOrEqual(2);
  });

  test('at most two keys are loaded at a time, whatever the number of keys and jobs', async () => {
    const forFiles = newPrefix();
    const cache = await openCache(new TurnedClock());
    let running = 0;
    let most = 0;
    const files = answer(forFiles, 600, async (n) => {
      most = Math.max(most, ++running);
      try {
        await expect.poll(() => most, SECOND_LOAD).toBeGreaterThanOrEqual(2);
        await world.queueClient.ping(); // a third one could begin meanwhile
      } finally {
        running--;
      }
      return { n };
    });
    await askAndInvalidate(cache, twenty(forFiles));
    const warm = handlerOn(cache, [files.answer]);
    await Promise.all([warm(invalidated(forFiles), firstTry()), warm(invalidated(forFiles), firstTry())]);
    expect(most).toBe(2);
    expect(files.asked).toHaveLength(20);
  });
});
