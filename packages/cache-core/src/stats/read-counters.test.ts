import { expect, test } from 'vitest';
import type { Outcome } from '../model/outcome.ts';
import { sampleEntry } from '../ports/testing/cached-entry-sample.ts';
import { Link, ManualClock, MemoryCounterServer } from '../testing/index.ts';
import { ReadCounters, summarise } from './read-counters.ts';

const outcome = (more: Partial<Outcome>): Outcome => ({
  outcome: 'hit',
  tier: 'memory',
  collapsed: false,
  reason: null,
  asOf: 0,
  ageMs: 0,
  ttlMs: 1_000,
  verified: true,
  stored: false,
  loadMs: 100,
  ...more,
});
const miss = outcome({ outcome: 'miss', tier: null });

function stores() {
  const clock = new ManualClock();
  const link = new Link(clock);
  return { store: new MemoryCounterServer(clock).connect(link), link };
}

test('the counts of two processes have one sum', async () => {
  const { store } = stores();
  const [one, other] = [new ReadCounters(), new ReadCounters()];
  one.count('stats', outcome({}), 0.01, 100);
  one.count('stats', miss, 120, 100);
  other.count('stats', outcome({ tier: 'redis', collapsed: true }), 1, 100);
  other.count('files', outcome({ outcome: 'stale', verified: false }), 1, 50);
  other.count('files', outcome({ outcome: 'bypass', tier: null }), 80, 50);
  for (const counters of [one, other]) await counters.flush(store);
  const stats = summarise(await store.read());
  expect(stats).toMatchObject({ hits: 3, misses: 1, total_requests: 4, hit_rate_percent: 75 });
  expect(stats.endpoints['stats']).toMatchObject({
    hits: 2,
    misses: 1,
    collapsed: 1,
    load_ms_saved: 200,
    bytes_served: 300,
  });
  expect(stats.endpoints['files']).toMatchObject({ hits: 0, stale: 1, bypasses: 1, unverified: 1 });
});

test('given a failed flush, the next one adds its counts too', async () => {
  const counters = new ReadCounters();
  const { store } = stores();
  counters.count('stats', miss, 1, 1);
  const failing = { ...store, add: () => Promise.reject(new Error('away')) };
  const flushing = counters.flush(failing);
  counters.count('stats', miss, 1, 1);
  await expect(flushing).rejects.toThrow('away');
  await counters.flush(store);
  expect(summarise(await store.read()).misses).toBe(2);
  expect(counters.isEmpty).toBe(true);
});

test('percentiles are exact to 25 %', () => {
  const counters = new ReadCounters();
  for (let ms = 1; ms <= 1_000; ms++) counters.count('stats', outcome({}), ms, 0);
  const latency = summarise(counters.pending()).endpoints['stats']?.latency_ms;
  for (const [of, exact] of [
    ['p50', 500],
    ['p95', 950],
    ['p99', 990],
  ] as const) {
    const reported = latency?.hit?.[of] ?? 0;
    expect(reported).toBeGreaterThanOrEqual(exact);
    expect(reported).toBeLessThanOrEqual(exact * 1.25);
  }
  expect(latency?.miss).toBeNull();
});

test('durations of 0 ms and of hours are counted', () => {
  const counters = new ReadCounters();
  for (const ms of [0, 0.000_1, 10_000_000]) counters.count('stats', outcome({}), ms, 0);
  expect(summarise(counters.pending()).hits).toBe(3);
  expect(summarise(counters.pending()).endpoints['stats']?.latency_ms.hit?.p50).toBe(0.001);
});

test('a prefix may contain the separators of counter names', () => {
  const counters = new ReadCounters();
  counters.count('odd|name@1', miss, 1, 7);
  expect(summarise(counters.pending()).endpoints['odd|name@1']).toMatchObject({ misses: 1, bytes_served: 7 });
});

test('without reads the hit rate is 0', () => {
  expect(summarise({})).toEqual({ hits: 0, misses: 0, total_requests: 0, hit_rate_percent: 0, endpoints: {} });
});

test('prefixes beyond the first hundred of a process are counted together', async () => {
  const counters = new ReadCounters();
  const { store } = stores();
  counters.count('stats', miss, 1, 1);
  for (let i = 0; i < 5_000; i++) {
    counters.count(`user-${i}`, miss, 1, 1);
    if (i % 500 === 0) await counters.flush(store);
  }
  counters.count('stats', outcome({}), 1, 1);
  await counters.flush(store);
  const { endpoints, misses } = summarise(await store.read());
  expect(misses).toBe(5_001);
  expect(Object.keys(endpoints)).toHaveLength(101);
  expect(endpoints['(other)']).toMatchObject({ misses: 4_901, bytes_served: 4_901 });
  expect(endpoints['stats']).toMatchObject({ hits: 1, misses: 1 });
});

test('a timed hit has its sample weight in the percentiles and counts once', () => {
  const counters = new ReadCounters();
  for (let i = 0; i < 1_600; i++) counters.count('stats', outcome({}), i % 16 === 15 ? 0.001 : null, 0, 16);
  for (let i = 0; i < 200; i++) counters.count('stats', outcome({ tier: 'redis' }), 1, 0);
  const stats = summarise(counters.pending()).endpoints['stats'];
  expect(stats?.hits).toBe(1_800);
  expect(stats?.latency_ms.hit?.p50).toBe(0.001);
  expect(stats?.latency_ms.hit?.p95).toBeGreaterThanOrEqual(1);
});

test('without timed reads there are counts and no percentiles', () => {
  const counters = new ReadCounters();
  for (let i = 0; i < 3; i++) counters.count('stats', outcome({}), null, 10);
  expect(summarise(counters.pending()).endpoints['stats']).toMatchObject({
    hits: 3,
    bytes_served: 30,
    latency_ms: { hit: null, miss: null },
  });
});

test('the hits of an entry count once, at the next look, with its bytes and load time', async () => {
  const counters = new ReadCounters();
  const { store } = stores();
  const [one, other] = [sampleEntry('stats:1', { value: 'ab', loadMs: 10 }), sampleEntry('other', { loadMs: 1 })];
  for (let i = 0; i < 5; i++) counters.countHit(one);
  counters.countHit(other);
  counters.countHitTime(other, 0.002, 6);
  expect(counters.isEmpty).toBe(false);
  for (let looks = 0; looks < 2; looks++) {
    const { endpoints } = summarise(counters.pending());
    expect(endpoints['stats']).toMatchObject({
      hits: 5,
      bytes_served: 20,
      load_ms_saved: 50,
      latency_ms: { hit: null },
    });
    expect(endpoints['(none)']).toMatchObject({ hits: 1, bytes_served: 1, load_ms_saved: 1 });
  }
  await counters.flush(store);
  expect(counters.isEmpty).toBe(true);
  counters.countHit(one);
  await counters.flush(store);
  expect(summarise(await store.read()).endpoints['stats']?.hits).toBe(6);
  expect(counters.sinceStart().get('stats|hit')).toBe(6);
});

test('hits of any number of entries count, whether the entries are still cached or not', () => {
  const counters = new ReadCounters();
  for (let i = 0; i < 10_001; i++) counters.countHit(sampleEntry(`stats:${i}`));
  counters.reset();
  counters.countHit(sampleEntry('stats:1'));
  expect(summarise(counters.pending()).hits).toBe(1);
  expect(counters.sinceStart().get('stats|hit')).toBe(10_002);
});

test('given a store that never answers, entries with hits of more than 16 MiB are let go', () => {
  const counters = new ReadCounters();
  const entries = Array.from({ length: 20 }, (_, i) => sampleEntry(`stats:${i}`, { value: 'a'.repeat(1_048_576) }));
  for (const entry of entries) counters.countHit(entry);
  const kept = entries.filter(({ uncountedHits }) => uncountedHits > 0);
  expect(kept.length).toBeLessThanOrEqual(16);
  expect(counters.pending()).toMatchObject({ 'stats|hit': 20 });
});
