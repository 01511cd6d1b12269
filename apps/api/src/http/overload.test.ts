import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { AnsweredWays } from '../testing/answered-ways.ts';
import { ADMIN_TOKEN, asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';
import { INTERVAL_MS } from './read-queue.ts';

/** Loads that run at the same time, one for each connection; at most twelve times as many may wait. */
const RUNNING = 8;
const SENT = 150;
const ways = new AnsweredWays();
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ apiTokens: [ADMIN_TOKEN], readMaxWaitMs: 0 }, { logger: ways.logger });
});
afterAll(() => api.stop());

const get = (path: string) => api.fetch(path, { headers: asAdmin });

/** Adds reads that never end to the queue of the api until it is overloaded. Returns a function that ends them. */
async function overloaded(): Promise<() => void> {
  const { readQueue } = api.api.deps;
  let isOver = false;
  const read = () => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    if (!isOver) readQueue.add(read);
  };
  const filledAt = performance.now();
  for (let n = 0; n < 40; n++) readQueue.add(read);
  const end = () => {
    isOver = true;
  };
  onTestFinished(end);
  // Refusals of an earlier test make it overloaded at once, but only for the rest of their second.
  await expect.poll(() => performance.now() - filledAt > INTERVAL_MS && readQueue.isOverloaded).toBe(true);
  return end;
}

test('in an overload misses get 503 before Express, and hits continue', async () => {
  await get('/api/stats');
  expect((await get('/api/stats')).headers.get('cache-status')).toContain('hit');
  const end = await overloaded();
  for (let n = 0; n < 20; n++) {
    const id = `refused-${n}`;
    const refused = await api.fetch(`/api/stats?service=absent-${n}`, { headers: { ...asAdmin, 'x-request-id': id } });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'ORIGIN_OVERLOADED', status: 503, request_id: id });
    await expect.poll(() => ways.of(id)).toBe('shed');
    const hit = await get('/api/stats');
    expect([hit.status, hit.headers.get('cache-status')]).toEqual([200, expect.stringContaining('hit')]);
  }
  end();
  await expect.poll(() => api.api.deps.readQueue.isOverloaded).toBe(false);
  expect((await get('/api/stats?service=absent-0')).status).toBe(200);
});

test.for(['/api/stats/?service=absent', '/API/Stats?service=absent', '/api/files/?limit=7'])(
  'in an overload the read %s, whose path Express matches too, gets 503',
  async (target) => {
    const end = await overloaded();
    const refused = await get(target);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'ORIGIN_OVERLOADED' });
    end();
    await expect.poll(() => api.api.deps.readQueue.isOverloaded).toBe(false);
    expect((await get(target)).status).toBe(200);
  },
);

test('in an overload searches get 503, and their connection remains usable', async () => {
  await overloaded();
  for (let n = 0; n < 3; n++) expect((await api.postJson('/api/search', { q: `word${n}` }, asAdmin)).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
});

test('in an overload Express answers writes, other routes and requests without a token', async () => {
  await overloaded();
  expect((await get('/api/nothing')).status).toBe(404);
  expect((await api.upload('a line', 'some.log', asAdmin)).status).toBe(202);
  for (const path of ['/healthz', '/readyz', '/metrics']) expect([path, (await get(path)).status]).toEqual([path, 200]);
  expect((await api.fetch('/api/stats?service=absent-x')).status).toBe(401);
});

test('given too many loads some wait, others get 503, and hits continue', async () => {
  await get('/api/stats');
  // Opens the connections.
  await Promise.all(Array.from({ length: RUNNING }, (_, n) => get(`/api/files?limit=${SENT + n + 1}`)));
  const { cache, config } = api.api.deps;
  const limiter = cache.internal.engine.origins.get('default');
  const holder = new pg.Client(config.databaseUrl);
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('BEGIN; LOCK TABLE files IN ACCESS EXCLUSIVE MODE');
  const lists = Array.from({ length: SENT }, (_, n) => get(`/api/files?limit=${n + 1}`));
  const settled: Response[] = [];
  for (const list of lists) void list.then((answer) => settled.push(answer));
  const accepted = () => (limiter ? limiter.state.running + limiter.state.waiting : 0);
  await expect.poll(() => settled.length + accepted()).toBe(SENT);
  expect(accepted()).toBeLessThanOrEqual(RUNNING + 12 * RUNNING);
  for (const answer of settled) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'ORIGIN_OVERLOADED' });
  }
  expect((await get('/api/stats')).headers.get('cache-status')).toContain('hit');
  await holder.query('ROLLBACK');
  const statuses = (await Promise.all(lists)).map(({ status }) => status);
  expect(statuses).toContain(200);
});
