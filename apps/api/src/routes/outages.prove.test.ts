import { type RunningPostgres, startPostgres } from '@pilotlight/stack';
import { signalPostgres } from '@pilotlight/stack/vitest';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi, type TestApiOptions } from '../testing/test-api.ts';

let postgres: RunningPostgres;
let api: TestApi | null = null;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
afterEach(async () => {
  await api?.stop();
  api = null;
});

const start = async (options: TestApiOptions = {}) => {
  api = await startTestApi({}, { postgresUrl: postgres.url, ...options });
  return api;
};
const readiness = async ({ fetch }: TestApi) => {
  const response = await fetch('/readyz');
  return { code: response.status, ...((await response.json()) as { status: string; degraded: boolean }) };
};
const isReady = (running: TestApi) =>
  vi.waitUntil(async () => (await readiness(running)).code === 200, { timeout: 30_000 });
/** Reads all three kinds. Returns the Cache-Status of each answer. */
const readAll = async ({ fetch, postJson }: TestApi) => {
  const answers = [await fetch('/api/stats'), await postJson('/api/search', { q: 'x' }), await fetch('/api/files')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  return answers.map((answer) => answer.headers.get('cache-status'));
};
const within = async <T>(ms: number, work: () => Promise<T>) => {
  const beganAt = performance.now();
  const result = await work();
  expect(performance.now() - beganAt).toBeLessThan(ms);
  return result;
};

describe('with Postgres', () => {
  const deaths: [string, () => void, () => Promise<void>][] = [
    ['killed', () => signalPostgres(postgres, 'SIGKILL'), () => postgres.restart()],
    ['frozen', () => signalPostgres(postgres, 'SIGSTOP'), async () => signalPostgres(postgres, 'SIGCONT')],
  ];
  test.for(deaths)(
    '%s cached reads continue, and uploads get 503 with Retry-After within 5 s',
    async ([, die, revive]) => {
      // No upload before: the api does not know yet how long work has waited.
      const running = await start();
      await readAll(running);
      die();
      try {
        expect(await readAll(running)).toEqual(Array(3).fill(expect.stringMatching(/; hit; /)));
        const refused = await within(5_000, () => running.upload('x\n'));
        expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
        expect((await expectProblem(refused, 503)).code).toBe('ORIGIN_UNAVAILABLE');
        expect(await readiness(running)).toMatchObject({ code: 503, status: 'not ready' });
        expect((await running.fetch('/healthz')).status).toBe(200);
      } finally {
        await revive();
      }
      await isReady(running);
      expect((await running.upload('x\n')).status).toBe(202);
    },
  );

  test('killed, uncached requests get 503 with Retry-After and succeed after its restart', async () => {
    const running = await start();
    const id = await running.uploadIndexed('x\n');
    signalPostgres(postgres, 'SIGKILL');
    const asks = [
      () => running.fetch('/api/stats'),
      () => running.fetch('/api/stats?cache=false'),
      () => running.postJson('/api/search', {}),
      () => running.fetch('/api/files'),
      () => running.fetch(`/api/files/${id}`),
      () => running.fetch(`/api/files/${id}`, { method: 'DELETE' }),
    ];
    for (const ask of asks) {
      const response = await ask();
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      await expectProblem(response, 503);
    }
    await postgres.restart();
    await isReady(running);
    for (const ask of asks) expect((await ask()).status).toBe(200);
  });

  test('killed under many reads, every one gets 503 with Retry-After, also with the circuit breaker open', async () => {
    const running = await start();
    signalPostgres(postgres, 'SIGKILL');
    for (let i = 0; i < 15; i++) {
      const response = await running.fetch(`/api/stats?service=cold-${i}`);
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect((await expectProblem(response, 503)).code).toBe('ORIGIN_UNAVAILABLE');
    }
    await postgres.restart();
  });

  test('down at the start, the process is alive, reports it, and serves once it is up', async () => {
    const running = await start({ prepare: () => postgres.kill('SIGKILL') });
    expect((await running.fetch('/healthz')).status).toBe(200);
    expect(await readiness(running)).toMatchObject({ code: 503, status: 'not ready' });
    expect((await expectProblem(await running.fetch('/api/stats'), 503)).code).toBe('STARTING');
    expect((await expectProblem(await running.upload('x\n'), 503)).code).toBe('STARTING');
    await postgres.restart();
    await running.api.migrated;
    await isReady(running);
    await readAll(running);
  });
});

describe('with the cache server', () => {
  test.for(['SIGKILL', 'SIGSTOP'] as const)('down at the start (%s), everything is served', async (signal) => {
    const running = await start({ prepare: ({ cache }) => cache.kill(signal) });
    await isReady(running);
    await readAll(running);
    expect((await running.upload('x\n')).status).toBe(202);
    const report = await readiness(running);
    expect(report).toMatchObject({ status: 'ready', degraded: true });
    expect(report).toHaveProperty('dependencies.redis_cache', {
      ok: false,
      latency_ms: null,
      reason: 'the server does not answer',
      since: expect.any(String),
    });
    const stats = await (await running.fetch('/api/cache/stats')).json();
    expect(stats).toMatchObject({ success: true, redis_info: { keyspace_hits: null, used_memory_human: null } });
    running.cache.kill('SIGCONT');
  });
});

describe('with the queue server', () => {
  test.for(['SIGKILL', 'SIGSTOP'] as const)(
    'gone at the start (%s) reads are served, unverified, and all is well once it is back',
    async (signal) => {
      const running = await start({ prepare: ({ queue }) => queue.kill(signal) });
      await isReady(running);
      expect(await readAll(running)).toEqual(Array(3).fill(expect.stringContaining('detail=unverified')));
      expect(await readiness(running)).toMatchObject({
        status: 'ready',
        degraded: true,
        dependencies: { redis_queue: { ok: false }, invalidation_log: { current: false } },
      });
      if (signal === 'SIGKILL') await running.queue.restart();
      else running.queue.kill('SIGCONT');
      await expect.poll(() => readiness(running), { timeout: 30_000 }).toMatchObject({ degraded: false });
      await expect
        .poll(async () => (await running.fetch('/admin/queues/api/queues', { headers: asAdmin })).status, {
          timeout: 30_000,
        })
        .toBe(200);
      expect(await readAll(running)).toEqual(Array(3).fill(expect.not.stringContaining('unverified')));
    },
  );

  test('that is a read-only replica, readyz says why, and is ready once it is a master', async () => {
    const running = await start();
    await isReady(running);
    const admin = new Redis(running.queue.url);
    onTestFinished(() => admin.disconnect());
    await admin.replicaof('127.0.0.1', 1);
    await expect
      .poll(() => readiness(running), { timeout: 15_000 })
      .toMatchObject({
        status: 'ready',
        degraded: true,
        dependencies: { redis_queue: { ok: false, reason: expect.stringMatching(/READONLY/) } },
      });
    await admin.replicaof('NO', 'ONE');
    await expect
      .poll(() => readiness(running), { timeout: 15_000 })
      .toMatchObject({ degraded: false, dependencies: { redis_queue: { ok: true } } });
  });

  test('down, a write is stored as pending, and an invalidation by request is refused', async () => {
    const running = await start();
    const id = await running.uploadIndexed('x\n');
    running.queue.kill('SIGKILL');
    const upload = await running.upload('x\n');
    expect(upload.status).toBe(202);
    expect(await upload.json()).toMatchObject({ invalidation: { state: 'pending', position: null } });
    const deleted = await running.fetch(`/api/files/${id}`, { method: 'DELETE' });
    expect(await deleted.json()).toEqual({
      success: true,
      invalidation: { state: 'pending', position: null, receipt_ms: null, processes: [] },
    });
    for (const path of ['/api/cache/invalidate', '/api/cache/stats/reset']) {
      const refused = await running.postJson(path, { prefix: 'files' }, asAdmin);
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      await expectProblem(refused, 503);
    }
    expect((await running.fetch('/api/cache/stats')).status).toBe(200);
  });

  test('down, the queue board answers with an error in bounded time', async () => {
    const running = await start();
    running.queue.kill('SIGKILL');
    const response = await within(10_000, () => running.fetch('/admin/queues/api/queues', { headers: asAdmin }));
    expect(response.status).toBe(500);
  });
});
