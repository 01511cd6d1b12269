import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

test('given 400 requests for /readyz at once, the database is asked once at a time and few times', async () => {
  const { origin } = api.api.deps;
  const ping = origin.ping.bind(origin);
  let asked = 0;
  let running = 0;
  let maxRunning = 0;
  origin.ping = () => {
    asked++;
    maxRunning = Math.max(maxRunning, ++running);
    return ping().finally(() => running--);
  };
  const answers = await Promise.all(Array.from({ length: 400 }, () => api.fetch('/readyz')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(maxRunning).toBeLessThanOrEqual(1);
  // One earlier answer may be remembered. A probe is remembered for 1 s, and 400 answers may take longer.
  const different = new Set(await Promise.all(answers.map((answer) => answer.text()))).size;
  expect(different).toBeLessThanOrEqual(asked + 1);
  expect(asked).toBeLessThan(100);
});

test('given a process that is stopping, /readyz says so at once, whatever it remembers', async () => {
  expect((await api.fetch('/readyz')).status).toBe(200);
  api.api.deps.stopping.abort();
  expect(await (await api.fetch('/readyz')).json()).toMatchObject({
    status: 'not ready',
    dependencies: { postgres: { ok: true } },
  });
});

test.for([
  ['the two servers swapped', 'redisQueueUrl', 'redisCacheUrl', /maxmemory-policy allkeys-lru/],
  ['one server for both roles', 'redisQueueUrl', 'redisQueueUrl', /are the same/],
] as const)('given %s, /readyz answers 503 and says why, unless that is allowed', async ([_, cache, queue, why]) => {
  const { config } = api.api.deps;
  const urls = { redisCacheUrl: config[cache], redisQueueUrl: config[queue] };
  for (const allowUnsafeRedis of [false, true]) {
    const other = await startTestApi({ ...urls, allowUnsafeRedis }, { prepare: () => undefined });
    onTestFinished(() => other.stop());
    await vi.waitFor(
      async () => {
        const answer = await other.fetch('/readyz');
        expect(answer.status).toBe(allowUnsafeRedis ? 200 : 503);
        const { dependencies } = (await answer.json()) as { dependencies: { redis_queue: unknown } };
        expect(dependencies.redis_queue).toMatchObject({ ok: allowUnsafeRedis, reason: expect.stringMatching(why) });
      },
      { timeout: 20_000 },
    );
  }
});

test('given an Elasticsearch that is down, /readyz answers 503 and names it, and Postgres is ok', async () => {
  const { databaseUrl } = api.api.deps.config;
  const other = await startTestApi(
    { databaseUrl, elasticsearch: { url: 'http://127.0.0.1:1' } },
    { prepare: () => undefined },
  );
  onTestFinished(() => other.stop());
  const answer = await other.fetch('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    status: 'not ready',
    dependencies: {
      postgres: { ok: true },
      elasticsearch: { ok: false, reason: expect.stringMatching(/Elasticsearch/), breaker: 'closed' },
    },
    log_store: 'elasticsearch',
  });
  const stats = await other.fetch('/api/stats');
  expect([stats.status, stats.headers.get('retry-after')]).toEqual([503, '2']);
});

test('without Elasticsearch, /readyz does not list it', async () => {
  const ready = (await (await api.fetch('/readyz')).json()) as { dependencies: object };
  expect(ready.dependencies).not.toHaveProperty('elasticsearch');
  expect(ready).toMatchObject({
    log_store: 'postgres',
    dependencies: { postgres: { breaker: 'closed', loads: { running: 0, waiting: 0, abandoned: 0 } } },
  });
});
