import { cacheStatsAnswerSchema } from '@pilotlight/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

interface CacheStatsAnswer {
  cache_stats: { hits: number; misses: number; total_requests: number; hit_rate_percent: number };
  redis_info: Record<string, unknown>;
  endpoints: Record<string, { hits: number; misses: number; bypasses: number }>;
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await invalidate({ prefix: '*' });
  expect((await api.postJson('/api/cache/stats/reset', {}, asAdmin)).status).toBe(200);
});

const invalidate = async (body: unknown) => {
  const response = await api.postJson('/api/cache/invalidate', body, asAdmin);
  expect(response.status).toBe(200);
  return (await response.json()) as { invalidated: number; position: number; receipt_ms: number };
};
const stats = async () => (await (await api.fetch('/api/cache/stats')).json()) as CacheStatsAnswer;
const read = async (path: string) => (await api.fetch(path)).headers.get('cache-status');

test('cache/stats has exactly its shape', async () => {
  await read('/api/stats');
  await read('/api/stats');
  await read('/api/stats');
  await read('/api/files');
  await read('/api/stats?cache=false');
  expect(await stats()).toEqual({
    success: true,
    cache_stats: { hits: 2, misses: 2, total_requests: 4, hit_rate_percent: 50 },
    redis_info: {
      total_connections_received: expect.any(Number),
      total_commands_processed: expect.any(Number),
      keyspace_hits: expect.any(Number),
      keyspace_misses: expect.any(Number),
      redis_hit_rate_percent: expect.any(Number),
      used_memory_human: expect.stringMatching(/^[\d.]+[KMG]$/),
    },
    endpoints: {
      files: expect.objectContaining({ hits: 0, misses: 1, bypasses: 0 }),
      stats: expect.objectContaining({ hits: 2, misses: 1, bypasses: 1 }),
    },
  });
});

test('cache/stats shows per prefix the learned fresh time and its reason', async () => {
  await read('/api/stats');
  await api.postJson('/api/search', { q: 'error' });
  await read('/api/files');
  const { endpoints } = await stats();
  for (const [prefix, fixed] of Object.entries({ stats: 60_000, search: 300_000, files: 600_000 })) {
    expect(endpoints[prefix]).toMatchObject({
      learned: { mode: 'on', fresh_ms: { fixed, allowed: [fixed / 5, fixed * 5] }, why: expect.any(String) },
    });
  }
});

test('each endpoint shows its windows, and the fresh time in force with its reason', async () => {
  await read('/api/stats');
  await read('/api/stats');
  const answer = cacheStatsAnswerSchema.parse(await (await api.fetch('/api/cache/stats')).json());
  const { windows, fresh, since } = answer.endpoints['stats'] ?? {};
  for (const name of ['1m', '15m', '60m'] as const) {
    expect(windows?.[name]).toMatchObject({ hits: 1, misses: 1, load_ms_saved: expect.any(Number) });
    expect(windows?.[name].latency_ms.miss?.p99).toBeGreaterThan(0);
  }
  expect(Date.parse(since ?? '')).toBeLessThanOrEqual(Date.now() + 1_000);
  expect(fresh).toMatchObject({ chosen_by: 'learned', fresh_ms: fresh?.advised_ms });
  expect(fresh?.fresh_ms).toBeGreaterThanOrEqual(12_000);
  expect(fresh?.fresh_ms).toBeLessThanOrEqual(300_000);
  expect(fresh?.why).toMatch(/reloads? /);
});

test('a reset sets the counts to nothing', async () => {
  await read('/api/stats');
  expect((await stats()).cache_stats.misses).toBe(1);
  await api.postJson('/api/cache/stats/reset', {}, asAdmin);
  expect((await stats()).cache_stats).toEqual({ hits: 0, misses: 0, total_requests: 0, hit_rate_percent: 0 });
});

describe('an invalidation', () => {
  const fill = async () => {
    await read('/api/stats');
    await read('/api/stats?service=a');
    await read('/api/files');
  };

  test.for(['stats', 'stats:', 'stats:*', 'stats:get_stats'])(
    'of %s returns how many keys it removed',
    async (prefix) => {
      await fill();
      const answer = await invalidate({ prefix });
      expect(answer).toEqual({
        success: true,
        invalidated: 2,
        position: expect.any(Number),
        receipt_ms: expect.any(Number),
        processes: [expect.objectContaining({ how: 'applied' })],
      });
      expect(await read('/api/stats')).toContain('fwd=miss');
      expect(await read('/api/files')).toContain('hit');
    },
  );

  test('of everything returns how many keys it removed', async () => {
    await fill();
    expect((await invalidate({ prefix: '*' })).invalidated).toBe(3);
    expect(await read('/api/files')).toContain('fwd=miss');
  });

  test('of one key keeps the others', async () => {
    await fill();
    const hot = await vi.waitUntil(
      async () => {
        const keys = await api.api.deps.cache.hotKeys(10, ['files']);
        return keys[0]?.key;
      },
      { timeout: 30_000 },
    );
    expect((await invalidate({ key: hot })).invalidated).toBe(1);
    expect(await read('/api/files')).toContain('fwd=miss');
    expect(await read('/api/stats')).toContain('hit');
  });

  test('that is a dry run counts and changes nothing', async () => {
    await fill();
    const answer = await invalidate({ prefix: 'stats', dry_run: true });
    const rewarm = expect.any(Object);
    const nothing = { position: null, receipt_ms: null, processes: [] };
    expect(answer).toEqual({ success: true, invalidated: 2, ...nothing, dry_run: true, rewarm });
    expect(await read('/api/stats')).toContain('hit');
  });

  test('of mode expire leaves answers that are served while they are reloaded', async () => {
    await fill();
    expect((await invalidate({ prefix: 'stats', mode: 'expire' })).invalidated).toBe(2);
    expect(await read('/api/stats')).toMatch(/^pilotlight; hit; ttl=-?\d+/);
  });

  test('of entries that do not exist removes nothing', async () => {
    expect((await invalidate({ prefix: 'unknown' })).invalidated).toBe(0);
    expect((await invalidate({ key: 'unknown:to:all' })).invalidated).toBe(0);
    expect((await invalidate({ tag: 'unknown' })).invalidated).toBe(0);
  });

  test('of an invalid key is refused', async () => {
    const response = await api.postJson('/api/cache/invalidate', { key: 'a\tb' }, asAdmin);
    expect((await expectProblem(response, 400)).detail).toMatch(/key: .*expected 1 to 1024 bytes/);
  });
});

describe('a warming', () => {
  const warm = async (body: unknown) => {
    const response = await api.postJson('/api/cache/warm', body, asAdmin);
    expect(response.status).toBe(200);
    return response.json();
  };
  const NOTHING = { success: true, loaded: 0, fresh: 0, skipped: 0, failed: 0 };

  test('of a prefix loads its hot and common keys unless they are fresh', async () => {
    await read('/api/stats?service=asked-for');
    const { cache } = api.api.deps;
    await vi.waitUntil(
      async () =>
        (await cache.hotKeys(100, ['stats'])).some(({ recipe }) => JSON.stringify(recipe).includes('asked-for')),
      { timeout: 30_000 },
    );
    const known = new Set((await cache.hotKeys(100, ['stats'])).map(({ key }) => key)).size;
    await invalidate({ prefix: '*' });
    const { loaded } = (await warm({ prefix: 'stats' })) as { loaded: number };
    expect(loaded).toBeGreaterThanOrEqual(known);
    expect(await read('/api/stats')).toContain('hit');
    expect(await read('/api/stats?service=asked-for')).toContain('hit');
    expect(await read('/api/files')).toContain('fwd=miss');
    expect(await warm({ prefix: 'stats:*' })).toEqual({ ...NOTHING, fresh: loaded });
  });

  test('of a key loads that key; a key without a recipe is skipped', async () => {
    await read('/api/stats?service=one-key');
    const { cache } = api.api.deps;
    const hot = await vi.waitUntil(
      async () =>
        (await cache.hotKeys(100, ['stats'])).find(({ recipe }) => JSON.stringify(recipe).includes('one-key')),
      { timeout: 30_000 },
    );
    await invalidate({ prefix: '*' });
    expect(await warm({ key: hot.key })).toEqual({ ...NOTHING, loaded: 1 });
    expect(await read('/api/stats?service=one-key')).toContain('hit');
    expect(await warm({ key: hot.key })).toEqual({ ...NOTHING, fresh: 1 });
    expect(await warm({ key: 'unknown:to:all' })).toEqual({ ...NOTHING, skipped: 1 });
  });

  test('with failing loads returns how many', async () => {
    await invalidate({ prefix: '*' });
    const { origin } = api.api.deps;
    const { list } = origin.files;
    origin.files.list = () => Promise.reject(new Error('no'));
    try {
      const { failed } = (await warm({ prefix: 'files' })) as { failed: number };
      expect(failed).toBeGreaterThanOrEqual(1);
    } finally {
      origin.files.list = list;
    }
  });
});
