import { CacheManager, type CacheOptions, singleProcess } from '@pilotlight/cache-core';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { addCacheEvents } from './cache-events.ts';
import { addCacheMetrics } from './cache-metrics.ts';
import { Metrics } from './metrics.ts';

async function measured(options: Partial<CacheOptions> = {}) {
  const metrics = new Metrics(createLogger({ level: 'silent', forPeople: false, name: 'test' }));
  const cache = new CacheManager({ ports: singleProcess(), ...options });
  const errors = { cache: new Map([['OOM', 2]]), queue: new Map() };
  addCacheMetrics(metrics, cache, { errors, logLength: () => Promise.resolve(7) });
  const stop = addCacheEvents(metrics);
  onTestFinished(async () => {
    stop();
    await cache.close();
  });
  await cache.start();
  return {
    cache,
    lines: async () => (await metrics.scrape()).split('\n').map((line) => line.replace('pilotlight_', '')),
  };
}

test('reads, loads and invalidations are in the next scrape', async () => {
  const { cache, lines } = await measured();
  for (let i = 0; i < 3; i++) await cache.getOrLoad('stats:all', () => 'answer');
  await expect(cache.getOrLoad('stats:bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await cache.invalidate({ prefix: 'stats' });
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'cache_reads_total{prefix="stats",outcome="hit",tier="memory"} 2',
      'cache_reads_total{prefix="stats",outcome="miss",tier=""} 1',
      'cache_read_failures_total{prefix="stats"} 1',
      'cache_load_duration_seconds_count{prefix="stats",origin="default",result="loaded"} 1',
      'cache_load_failures_total{origin="default",code="origin"} 1',
      'cache_invalidations_total{mode="invalidate",state="applied"} 1',
      'cache_invalidations_total{mode="invalidate",state="pending"} 0',
      'cache_receipt_duration_seconds_count{mode="invalidate"} 1',
      'cache_log_applied_position 1',
      'cache_log_records 7',
      'redis_errors_total{server="cache",kind="OOM"} 2',
      'redis_errors_total{server="queue",kind="unreachable"} 0',
    ]),
  );
});

test('a reset of the statistics does not turn a counter back', async () => {
  const { cache, lines } = await measured();
  await cache.getOrLoad('stats:all', () => 'answer');
  await cache.resetStats();
  await cache.getOrLoad('stats:all', () => 'answer');
  const reads = (await lines()).filter((line) => line.startsWith('cache_reads_total') && !line.endsWith(' 0'));
  expect(reads).toEqual([
    'cache_reads_total{prefix="stats",outcome="hit",tier="memory"} 1',
    'cache_reads_total{prefix="stats",outcome="miss",tier=""} 1',
  ]);
});

test('an answer that an invalidation hits during its load is counted as fenced', async () => {
  const { cache, lines } = await measured();
  const load = async () => {
    await cache.invalidate({ prefix: 'stats' });
    return 'answer';
  };
  await cache.getOrLoad('stats:all', load);
  expect(await lines()).toContain('cache_fenced_fills_total 1');
});

test('loads beyond the permits of an origin are counted as waiting', async () => {
  const { cache, lines } = await measured({ origins: { default: { concurrency: 1 } } });
  const { promise, resolve } = Promise.withResolvers<string>();
  const reads = [1, 2, 3].map((i) => cache.getOrLoad(`stats:${i}`, () => promise));
  await expect.poll(lines).toContain('cache_origin_calls{origin="default",state="waiting"} 2');
  expect(await lines()).toContain('cache_origin_permits{origin="default"} 1');
  resolve('answer');
  await Promise.all(reads);
});
