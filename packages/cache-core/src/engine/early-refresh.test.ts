import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import type { Load } from './load.ts';

const LOAD_MS = 500;
const FRESH_MS = 60_000;
/** Drawn, it reloads what has less than 27 load times to go. */
const UNLIKELY = 1e-12;
const TEN_SECONDS = { freshFor: '10s', jitter: 0 } as const;
let world: SimulatedWorld;
let loads: number;
beforeEach(() => {
  world = new SimulatedWorld();
  loads = 0;
});
afterEach(() => world.close());
const slow: Load<number> = async () => {
  loads++;
  await world.clock.sleep(LOAD_MS);
  return loads;
};

/** Reads every 50 ms of manual time for a minute and a half; answers how many readers had to wait for a load. */
async function readOn(processes: readonly SimulatedProcess[], earlyRefresh: number): Promise<number> {
  const policy = { freshFor: FRESH_MS, staleFor: 0, jitter: 0, earlyRefresh };
  const random = new SeededRandom(1);
  let waited = 0;
  for (let i = 0; i < 1_800; i++) {
    const { cache } = random.oneOf(processes);
    void cache.getOrLoadWithOutcome('stats:all', slow, policy).then(({ outcome }) => {
      if (outcome.outcome === 'miss') waited++;
    });
    await world.clock.advance(50);
  }
  return waited;
}

test('with early refresh, a steady reader never waits, and one process reloads for all', async () => {
  const random = new SeededRandom(7);
  const processes = [await world.process({ random: random.next }), await world.process({ random: random.next })];
  const waited = await readOn(processes, 1);
  // Only the first readers wait, on the empty cache. No reader waits at the end of the minute.
  expect(waited).toBeLessThanOrEqual(LOAD_MS / 50 + 1);
  expect(loads).toBe(2);
});

test('without early refresh, readers wait at the end of the fresh time', async () => {
  const waited = await readOn([await world.process({ random: new SeededRandom(7).next })], 0);
  expect(waited).toBeGreaterThanOrEqual((2 * LOAD_MS) / 50 - 1);
});

test('the probability of an early reload is that of XFetch: e^(-ttl / (β · load time))', async () => {
  const { cache } = await world.process();
  const random = new SeededRandom(3);
  const { engine } = (await world.process({ random: random.next })).cache.internal;
  await world.clock.through(cache.getOrLoad('stats:all', slow, { freshFor: FRESH_MS, jitter: 0, earlyRefresh: 0 }));
  const cached = cache.internal.engine.memory.peek(parseKey('stats:all'));
  if (!cached) throw new Error('expected it in memory');
  for (const [ttlMs, earlyRefresh] of [
    [1_000, 1],
    [1_000, 2],
    [500, 1],
    [250, 0.5],
  ] as const) {
    await world.clock.advance(cached.freshUntil - ttlMs - world.clock.now());
    const draws = 20_000;
    let due = 0;
    for (let i = 0; i < draws; i++) if (engine.reader.isRefreshDue(cached, earlyRefresh, world.clock.now())) due++;
    expect(due / draws).toBeCloseTo(Math.exp(-ttlMs / (earlyRefresh * LOAD_MS)), 1);
  }
});

test('a hit that reloads early has that reason, and its reader does not wait', async () => {
  const { cache } = await world.process({ random: () => UNLIKELY });
  await world.clock.through(cache.getOrLoad('stats:all', slow, TEN_SECONDS));
  const { outcome } = await cache.getOrLoadWithOutcome('stats:all', slow, TEN_SECONDS);
  expect(outcome).toMatchObject({ outcome: 'hit', reason: 'early-refresh' });
  await world.clock.advance(LOAD_MS);
  expect(loads).toBe(2);
});

test('given an early reload that fails, the hit stays and the key is in back-off', async () => {
  const { cache, logged } = await world.process({ random: () => UNLIKELY });
  await world.clock.through(cache.getOrLoad('stats:all', slow, TEN_SECONDS));
  const failing: Load<number> = () => {
    loads++;
    return Promise.reject(new Error('origin says no'));
  };
  for (let i = 0; i < 5; i++) {
    expect(await cache.getOrLoad('stats:all', failing, TEN_SECONDS)).toBe(1);
    await world.clock.settle();
  }
  expect([loads, logged.filter((line) => line.includes('origin says no')).length]).toEqual([2, 1]);
});

test('the resolved policy contains β, and rejects other values', () => {
  expect(resolvePolicy().earlyRefresh).toBe(1);
  for (const beta of [-1, Number.NaN, 11]) expect(() => resolvePolicy({ earlyRefresh: beta })).toThrow('earlyRefresh');
});
