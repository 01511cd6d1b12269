import {
  type CacheEntryAnswer,
  type CacheKeysAnswer,
  cacheEntryAnswerSchema,
  cacheKeyAnswerSchema,
  cacheKeysAnswerSchema,
  invalidateAnswerSchema,
  invalidationLogAnswerSchema,
} from '@pilotlight/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

const POLL = { timeout: 60_000, interval: 20 };
const STATS = 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const ask = async (path: string): Promise<unknown> => {
  const response = await api.fetch(path, { headers: asAdmin });
  expect(response.status).toBe(200);
  return response.json();
};
const explain = async (key: string): Promise<CacheEntryAnswer> =>
  cacheEntryAnswerSchema.parse(await ask(`/api/cache/entries/${encodeURIComponent(key)}`));
const list = async (query = ''): Promise<CacheKeysAnswer> =>
  cacheKeysAnswerSchema.parse(await ask(`/api/cache/keys${query}`));
const invalidate = async (body: unknown) => {
  const response = await api.postJson('/api/cache/invalidate', body, asAdmin);
  expect(response.status).toBe(200);
  return invalidateAnswerSchema.parse(await response.json());
};
const read = async (path: string) => (await api.fetch(path)).text();

test('of a key never read, both tiers are empty and the next read misses', async () => {
  expect(await explain('stats:get_stats:never/read')).toMatchObject({
    key: 'stats:get_stats:never/read',
    prefix: 'stats',
    servable: false,
    memory: null,
    redis: null,
    redis_problem: null,
    input: null,
    next: { outcome: 'miss', reason: 'absent' },
    demand: null,
    loading: 'none',
  });
});

test('of a fresh entry, every fact about it is shown', async () => {
  await read('/api/stats');
  const tier = { state: 'fresh', servable: true, why: expect.stringMatching(/^fresh until 20/), hit_by: [] };
  await vi.waitFor(async () => {
    const { memory, redis, demand, next, input } = await explain(STATS);
    expect(input).toEqual({});
    expect(memory).toMatchObject({ ...tier, scope: null, tags: [], bytes: expect.any(Number) });
    expect(redis).toMatchObject({ ...tier, expires_in_ms: expect.any(Number) });
    expect(demand).toMatchObject({ reads: expect.any(Number), warmable: true });
    expect(next).toMatchObject({ outcome: 'hit', tier: 'memory' });
  }, POLL);
  const { memory } = await explain(STATS);
  const sinceLoadMs = Date.parse(memory?.fresh_until ?? '') - Date.parse(memory?.loaded_at ?? '');
  // Its time begins when the load ends.
  const freshMs = sinceLoadMs - (memory?.load_ms ?? 0);
  expect(freshMs).toBeGreaterThan(30_000);
  // Instants have whole milliseconds.
  expect(freshMs).toBeLessThanOrEqual(60_001);
});

test('of a learned time, the evidence and the reason are shown', async () => {
  await read('/api/stats');
  expect((await explain(STATS)).learned).toMatchObject({
    fixed_ms: 60_000,
    evidence: { observations: expect.any(Number), changes: 0, exposure_ms: expect.any(Number) },
    changes_per_hour: { mean: expect.any(Number), upper: expect.any(Number) },
    bound_by: expect.stringMatching(/^(fixed|limit|most)$/),
    why: expect.any(String),
  });
});

test('of an invalidated key, the invalidation that hit it is named', async () => {
  await read('/api/stats');
  const { position } = await invalidate({ scope: { service: 'pay' } });
  const { servable, memory, last_invalidation } = await explain(STATS);
  const hit = { mode: 'invalidate', selector: 's:stats', position };
  expect({ servable, last_invalidation }).toEqual({ servable: false, last_invalidation: hit });
  expect(memory).toMatchObject({ state: 'outdated', servable: false, hit_by: [hit] });
  expect(memory?.why).toBe(`invalidated by s:stats at position ${position}, after its load began`);
});

describe('given keys in demand', () => {
  beforeAll(async () => {
    for (const service of ['a', 'b', 'c']) await read(`/api/stats?service=${service}`);
    await read('/api/files');
    await vi.waitFor(async () => expect((await list()).total).toBeGreaterThanOrEqual(5), POLL);
  });

  test('the list pages through all of them once', async () => {
    const { keys: all, total, next } = await list();
    expect({ next, total }).toEqual({ next: null, total: all.length });
    const seen: string[] = [];
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const page = await list(`?limit=2&cursor=${cursor}`);
      expect(page.keys.length).toBeLessThanOrEqual(2);
      seen.push(...page.keys.map(({ key }) => key));
      cursor = page.next;
    }
    expect(seen.toSorted()).toEqual(all.map(({ key }) => key).toSorted());
  });

  test('a prefix narrows the list, and each key shows its input and freshness', async () => {
    const { keys } = await list('?prefix=stats:get_stats');
    expect(keys.every(({ key }) => key.startsWith('stats:get_stats:'))).toBe(true);
    const one = keys.find(({ params }) => JSON.stringify(params) === '{"service":"a"}');
    expect(one).toMatchObject({ name: 'get_stats', warmable: true });
    expect(one?.fresh_for_ms).toBeGreaterThan(0);
  });

  test('a dry run sums the load times of the hot keys that it would hit', async () => {
    const { keys } = await list('?prefix=stats');
    const load_ms = expect.closeTo(
      keys.reduce((sum, one) => sum + one.load_ms, 0),
      1,
    );
    const { rewarm, position } = await invalidate({ prefix: 'stats', dry_run: true });
    expect({ rewarm, position }).toEqual({ rewarm: { keys: keys.length, load_ms, unmeasured: 0 }, position: null });
  });

  test('a scope hits only the answers that depend on its records', async () => {
    for (const service of ['a', 'b', 'c']) await read(`/api/stats?service=${service}`);
    await read('/api/stats');
    const body = { prefix: 'stats', scope: { service: 'b' } };
    expect(await invalidate({ ...body, dry_run: true })).toMatchObject({ invalidated: 2, rewarm: { keys: 2 } });
    expect(await invalidate(body)).toMatchObject({ invalidated: 2, position: expect.any(Number) });
    const states = (await api.fetch('/api/stats?service=a')).headers.get('cache-status');
    expect(states).toContain('hit');
    expect((await api.fetch('/api/stats?service=b')).headers.get('cache-status')).toContain('fwd=miss');
  });
});

test.for([
  [{ scope: {} }, /scope: expected at least one of from, to, level, service and file_id/],
  [{ key: 'a:b', scope: { service: 'a' } }, /expected exactly one of prefix, tag, key and scope, got 2/],
  [{ prefix: 'a', tag: 'b', scope: { service: 'a' } }, /expected exactly one of/],
  [{}, /expected exactly one of prefix, tag, key and scope, got 0/],
] as const)('an invalidation by %j is refused', async ([body, detail]) => {
  const response = await api.postJson('/api/cache/invalidate', body, asAdmin);
  expect((await expectProblem(response, 400)).detail).toMatch(detail);
});

describe('the key of a request', () => {
  const keyOf = async (body: unknown) => {
    const response = await api.postJson('/api/cache/key', body, asAdmin);
    expect(response.status).toBe(200);
    return cacheKeyAnswerSchema.parse(await response.json());
  };

  test.for([
    ['GET', '/api/stats?service=a%20b&cache=true&level=INFO&level=ERROR', undefined],
    ['GET', '/api/files', undefined],
    ['POST', '/api/search', { q: 'a "b?c"', page_size: 10 }],
  ] as const)('of %s %s is the one under which the route answers it', async ([method, target, body]) => {
    const { key } = await keyOf({ method, target, body });
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    await (await api.fetch(target, request)).text();
    const { headers: answered } = await api.fetch(target, request);
    expect(answered.get('cache-status')).toContain('; hit;');
    expect(answered.get('cache-status')).toContain(`key="${key}"`);
  });
});

describe('the invalidation log', () => {
  const log = async (query = '') => invalidationLogAnswerSchema.parse(await ask(`/api/cache/log${query}`));

  test('names each invalidation with its cause, and the processes that confirmed it', async () => {
    const one = await invalidate({ scope: { service: '<b>' } });
    expect(one.processes).toEqual([
      { process: expect.stringMatching(/^api:.+:\d+:/), how: 'applied', after_ms: expect.any(Number) },
    ]);
    const form = new FormData();
    form.set('file', new File(['2026-03-01 10:00:00 INFO cart: added lamp\n'], 'a.log'));
    const answer = await api.fetch('/api/upload', { method: 'POST', body: form, headers: asAdmin });
    const { file } = (await answer.json()) as { file: { id: string } };
    await vi.waitFor(async () => {
      const [upload, request] = (await log('?limit=2')).records;
      expect(upload).toMatchObject({
        position: (one.position ?? 0) + 1,
        mode: 'invalidate',
        selectors: ['p:files'],
        cause: { kind: 'event', type: 'file.uploaded', file_id: file.id },
        at: expect.any(String),
      });
      expect(request).toMatchObject({
        position: one.position,
        selectors: ['stats', 'search'].map((prefix) => expect.stringContaining(`s:["${prefix}",{"service":["<b>"],`)),
        more_selectors: 0,
        cause: { kind: 'request', token: 'env:admin' },
        receipt_ms: one.receipt_ms,
        processes: one.processes,
      });
    }, POLL);
  });

  test('pages back to the first position of the epoch', async () => {
    const { position } = await invalidate({ tag: 'page', mode: 'expire' });
    const seen: number[] = [];
    for (let page = await log('?limit=2'); ; page = await log(`?limit=2&before=${page.next}`)) {
      expect(page.records.length).toBeLessThanOrEqual(2);
      seen.push(...page.records.map((record) => record.position));
      if (page.next === null) break;
    }
    expect(seen).toEqual(Array.from({ length: position ?? 0 }, (_, i) => (position ?? 0) - i));
    expect((await log('?limit=1')).records).toMatchObject([{ mode: 'expire', selectors: ['t:page'] }]);
  });

  test('an entry that the journal has lost is listed without its cause', async () => {
    await api.api.deps.queueConnection.del('pilotlight:invalidations');
    expect((await log('?limit=1')).records).toMatchObject([
      { at: null, cause: null, receipt_ms: null, processes: null },
    ]);
  });

  test('needs the admin token and valid parameters', async () => {
    await expectProblem(await api.fetch('/api/cache/log'), 401);
    const wide = await expectProblem(await api.fetch('/api/cache/log?limit=201', { headers: asAdmin }), 400);
    expect(wide.detail).toMatch(/limit: expected at most 200/);
  });
});

test('keys and entries need the admin token and valid parameters', async () => {
  for (const path of ['/api/cache/keys', `/api/cache/entries/${STATS}`])
    await expectProblem(await api.fetch(path), 401);
  for (const [path, detail] of [
    ['/api/cache/keys?prefix=unknown', /prefix: expected one of stats, search, files/],
    ['/api/cache/keys?limit=501', /limit: expected at most 500/],
    ['/api/cache/entries/a%09b', /key: .*expected 1 to 1024 bytes/],
  ] as const)
    expect((await expectProblem(await api.fetch(path, { headers: asAdmin }), 400)).detail).toMatch(detail);
});
