import { resolvePolicy } from '@pilotlight/cache-core';
import { OriginUnavailable } from '@pilotlight/origin';
import { afterEach, describe, expect, test } from 'vitest';
import { SimulatedWarming } from '../testing/simulated-warming.ts';
import type { KeepWarm } from './keep-warm.ts';
import { LEAD_MS, MAX_SAVED_UP_MS, SWEEP_EVERY_MS } from './limits.ts';

const PREFIXES = ['search'];
const NONE = { loaded: 0, fresh: 0, skipped: 0, failed: 0, deferred: 0 };
const never = new AbortController().signal;
let warming: SimulatedWarming;
afterEach(() => warming.close());

/** Advances the time: calls `each` at each step, and lets all workers sweep at once at each tick. */
async function pass(ms: number, workers: readonly KeepWarm[], everyMs: number, each: () => void): Promise<void> {
  const { clock } = warming.world;
  for (let t = 0; t < ms; t += everyMs) {
    if (t % SWEEP_EVERY_MS === 0) for (const worker of workers) void worker.warm('scheduled', PREFIXES, never);
    each();
    await clock.run(everyMs);
  }
}

const through = <Result>(promise: Promise<Result>) => warming.world.clock.through(promise, 600_000);

describe('a key that people read steadily', () => {
  test('never misses in three periods, and is loaded at most once per period by any number of workers', async () => {
    const periodMs = 300_000;
    warming = new SimulatedWarming(periodMs / 1_000);
    const [one, other] = [await warming.reader(), await warming.reader()];
    const workers = [await warming.worker(), await warming.worker(), await warming.worker()];
    for (const { cache } of [one, other]) await through(warming.read(cache, 7));
    const outcomes = new Map<string, number>();
    let reads = 0;
    await pass(3 * periodMs, workers, 500, () => {
      void warming.read((reads++ % 2 ? one : other).cache, 7).then((outcome) => {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      });
    });
    expect([...outcomes]).toEqual([['hit', 1_800]]);
    // A learnt time makes the later lifetimes longer.
    expect(warming.loads.length).toBeGreaterThanOrEqual(1 + 2);
    expect(warming.loads.length).toBeLessThanOrEqual(1 + 3);
    // A lifetime is shortened by up to a tenth at random, so that keys filled together do not expire together.
    const lives = warming.loads.slice(1).map(({ at }, i) => at - (warming.loads[i]?.at ?? 0));
    for (const ms of lives) expect(ms).toBeGreaterThan(0.9 * periodMs - LEAD_MS - SWEEP_EVERY_MS - 100);
  });

  test('is forgotten once no client reads it', async () => {
    warming = new SimulatedWarming(60);
    const { cache } = await warming.reader();
    const worker = await warming.worker();
    await pass(120_000, [worker], 1_000, () => void warming.read(cache, 7));
    await pass(1_800_000, [worker], 5_000, () => undefined);
    const before = warming.loads.length;
    await pass(600_000, [worker], 5_000, () => undefined);
    expect(warming.loads.length).toBe(before);
  });
});

test('three workers that sweep 50 keys at once load each key once', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const workers = [await warming.worker(), await warming.worker(), await warming.worker()];
  for (let n = 0; n < 50; n++) await through(warming.read(cache, n));
  await warming.world.clock.advance(500);
  await through(cache.invalidate({ prefix: 'search' }));
  warming.loads.length = 0;
  const tallies = await through(Promise.all(workers.map((worker) => worker.warm('invalidated', PREFIXES, never))));
  expect(warming.loads.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(tallies.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(50);
});

test('after an invalidation, the keys that save most are loaded first, within the warming share', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const worker = await warming.worker();
  const saving = new Map<number, number>();
  for (let n = 0; n < 40; n++) {
    const [reads, loadMs] = [1 + ((n * 7) % 11), 100 + ((n * 13) % 17) * 50];
    saving.set(n, reads * loadMs);
    warming.loadMsOf = () => loadMs;
    for (let i = 0; i < reads; i++) await through(warming.read(cache, n));
  }
  await warming.world.clock.advance(500);
  await through(cache.invalidate({ prefix: 'search' }));
  warming.loads.length = 0;
  warming.loadMsOf = (n) => 100 + ((n * 13) % 17) * 50;
  const began = warming.world.clock.monotonic();
  const tally = await through(worker.warm('invalidated', PREFIXES, never));
  const order = warming.loads.map(({ n }) => saving.get(n) ?? 0);
  const hottest = [...saving.values()].sort((a, b) => b - a);
  expect(order.slice(0, 5)).toEqual(hottest.slice(0, 5));
  expect(Math.min(...order)).toBeGreaterThanOrEqual((hottest[order.length - 1] ?? 0) * 0.8);
  const spentMs = warming.loads.reduce((sum, { n }) => sum + warming.loadMsOf(n), 0);
  const tookMs = warming.world.clock.monotonic() - began;
  expect(spentMs).toBeLessThanOrEqual(MAX_SAVED_UP_MS + warming.share * tookMs + 2 * 900);
  expect(tally).toEqual({ ...NONE, loaded: order.length, deferred: 40 - order.length });
  expect(order.length).toBeLessThan(40);
  // Later sweeps load the other keys, as the share allows.
  await pass(180_000, [worker], 5_000, () => undefined);
  expect(new Set(warming.loads.map(({ n }) => n)).size).toBe(40);
});

describe('mass expiry of 1,000 keys under 200 requests per second', () => {
  const KEYS = 1_000;
  const FRESH_S = 300;

  /** Returns the peak of loads per second after the first fill, over slightly more than one period. */
  async function peakOf(isProtected: boolean): Promise<number> {
    warming = new SimulatedWarming(FRESH_S);
    const { clock } = warming.world;
    const [one, other] = [await warming.reader(), await warming.reader()];
    const workers = isProtected ? [await warming.worker(), await warming.worker()] : [];
    const bare = resolvePolicy({ freshFor: FRESH_S * 1_000, jitter: 0, earlyRefresh: 0 });
    const policy = isProtected ? undefined : bare;
    warming.loadMsOf = () => 0;
    // Fills all keys at once.
    for (let n = 0; n < KEYS; n++) void warming.read(n % 2 ? one.cache : other.cache, n, policy);
    await clock.run(1_500);
    warming.loadMsOf = () => 50;
    const began = clock.monotonic();
    let reads = 0;
    // Without protection, no load happens before the expiry.
    if (!isProtected) await clock.run(0.95 * FRESH_S * 1_000);
    await pass((isProtected ? 1.15 : 0.1) * FRESH_S * 1_000, workers, 5, () => {
      const n = (reads * 7_919) % KEYS;
      void warming.read(reads++ % 2 ? one.cache : other.cache, n, policy);
    });
    return warming.peakPerSecond(began);
  }

  test('peaks at no more than a thirteenth of the loads per second without protection', async () => {
    const bare = await peakOf(false);
    await warming.close();
    const guarded = await peakOf(true);
    const times = (bare / guarded).toFixed(1);
    process.stdout.write(
      `loads per second at the peak: ${bare} without protection, ${guarded} with it: ${times} x less\n`,
    );
    expect(guarded * 13).toBeLessThanOrEqual(bare);
  });
});

describe('while the origin fails', () => {
  test.for([
    ['is unavailable', () => new OriginUnavailable('away')],
    ['fails load after load', () => new Error('boom')],
  ] as const)('(it %s) warming pauses for longer each time, and resumes once it answers', async ([, error]) => {
    warming = new SimulatedWarming(300);
    const { cache } = await warming.reader();
    const worker = await warming.worker();
    for (let i = 0; i < 500; i++) await through(warming.read(cache, i % 50));
    await warming.world.clock.advance(500);
    await through(cache.invalidate({ prefix: 'search' }));
    warming.loads.length = 0;
    warming.fails = error;
    await pass(300_000, [worker], 5_000, () => undefined);
    // A few loads every 5, 10, 20, 40, 60, 60 and 60 s; without pauses, 50 keys every 30 s would be 500 loads.
    expect(warming.loads.length).toBeLessThanOrEqual(8 * 4);
    warming.fails = null;
    await pass(120_000, [worker], 5_000, () => undefined);
    expect(new Set(warming.loads.map(({ n }) => n)).size).toBe(50);
    expect(warming.lines.filter((line) => /could not warm|warm again/.test(line))).toHaveLength(2);
  });
});

test('a recipe without an answer, or with another key now, is skipped, counted and forgotten', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const worker = await warming.worker();
  const [older, unreadable] = [
    { ...warming.recipe(1), name: 'of_an_older_deploy' },
    { ...warming.recipe(2), params: { m: 2 } },
  ];
  await through(
    cache.demand.add([
      { key: warming.key(1), recipe: older, reads: 9, loadMs: 9 },
      { key: warming.key(2), recipe: unreadable, reads: 9, loadMs: 9 },
      { key: warming.key(3), recipe: warming.recipe(4), reads: 9, loadMs: 9 },
      { key: warming.key(4), recipe: warming.recipe(4), reads: 9, loadMs: 9 },
    ]),
  );
  expect(await through(worker.warm('scheduled', PREFIXES, never))).toEqual({ ...NONE, loaded: 1, skipped: 3 });
  expect(await through(worker.warm('scheduled', PREFIXES, never))).toEqual({ ...NONE, fresh: 1 });
  expect((await through(cache.hotKeys(10, PREFIXES))).map(({ key }) => key)).toEqual([warming.key(4)]);
});

test('on a cold start, keys requested before are warmed first, then common ones, and progress is logged', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const [worker, other] = [await warming.worker(), await warming.worker()];
  await through(
    cache.demand.add(
      [10, 11, 12].map((n) => ({ key: warming.key(n), recipe: warming.recipe(n), reads: n, loadMs: 9 })),
    ),
  );
  const tallies = await through(
    Promise.all([worker.warm('started', PREFIXES, never), other.warm('started', PREFIXES, never)]),
  );
  expect(warming.loads.map(({ n }) => n)).toEqual([12, 11, 10, 0, 1]);
  expect(tallies.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(5);
  expect(warming.lines).toContain('Warming a cold cache: 5 keys');
  expect(warming.lines).toContain('Warming a cold cache: 3 of 5 keys');
  // All keys are warm, so the next start loads none and logs nothing.
  warming.lines.length = 0;
  expect(await through(worker.warm('started', PREFIXES, never))).toEqual({ ...NONE, fresh: 5 });
  expect(warming.lines.filter((line) => line.includes('cold'))).toEqual([]);
});

test('a sweep that finds nothing to warm logs nothing', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const worker = await warming.worker();
  const summaries = () => warming.lines.filter((line) => line.startsWith('Warmed'));
  for (const reason of ['scheduled', 'invalidated'] as const) await through(worker.warm(reason, PREFIXES, never));
  await through(warming.read(cache, 1));
  await warming.world.clock.advance(500);
  expect(await through(worker.warm('invalidated', PREFIXES, never))).toEqual({ ...NONE, fresh: 1 });
  expect(summaries()).toEqual([]);
  await through(cache.invalidate({ prefix: 'search' }));
  await through(worker.warm('invalidated', PREFIXES, never));
  expect(summaries()).toEqual(['Warmed 1 of 1 keys (invalidated; 0 skipped, 0 failed, 0 deferred)']);
});

test('without the shared tier or the invalidation log, nothing is warmed, and that is logged once', async () => {
  warming = new SimulatedWarming(300);
  const { cache } = await warming.reader();
  const worker = await warming.worker();
  await through(warming.read(cache, 1));
  await warming.world.clock.advance(500);
  warming.world.shared.fail('reject');
  warming.loads.length = 0;
  for (let i = 0; i < 3; i++)
    expect(await through(worker.warm('invalidated', PREFIXES, never))).toEqual({ ...NONE, deferred: 1 });
  expect(warming.loads).toEqual([]);
  expect(warming.lines.filter((line) => line.startsWith('could not warm'))).toHaveLength(1);
});
