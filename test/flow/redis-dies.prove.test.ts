import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { type System, type SystemApi, startSystem } from '../harness/start-system.ts';
import { uploadText } from '../harness/upload.ts';

let system: System;
let api: SystemApi;

beforeEach(async () => {
  system = await startSystem({ apis: 1, workers: 1 });
  const [first] = system.apis;
  if (!first) throw new Error('expected an api');
  api = first;
});
afterEach(() => system?.stop());

/**
 * Lets four readers cycle through the three endpoints, also with new keys, while `during` runs. Returns every status.
 */
async function underLoad(during: () => Promise<void>): Promise<number[]> {
  const statuses: number[] = [];
  let on = true;
  const reader = async (n: number) => {
    for (let i = 0; on; i++) {
      statuses.push((await ask(api, 'GET', `/api/stats?service=reader${n}-${i}`)).status);
      statuses.push((await ask(api, 'POST', '/api/search', { q: `word${i % 5}` })).status);
      statuses.push((await ask(api, 'GET', '/api/files')).status);
    }
  };
  const readers = Promise.all([0, 1, 2, 3].map(reader));
  try {
    await during();
  } finally {
    on = false;
    await readers;
  }
  return statuses;
}

/** Reads a new key each time, which asks the cache server and then the origin. */
async function coldReads(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await ask(api, 'GET', `/api/stats?service=cold-${randomUUID()}`);
}

const timesSaid = (pattern: RegExp) => api.lines.filter((line) => pattern.test(line)).length;

test('the cache Redis killed under load causes no error and is used again after its restart', async () => {
  const statuses = await underLoad(async () => {
    await coldReads(20);
    await system.redis.cache.kill('SIGKILL');
    await api.waitForLog(/the cache server is unreachable/);
    await coldReads(50);
    await system.redis.cache.restart();
    await expect.poll(() => timesSaid(/Connected to Redis/), { timeout: 30_000 }).toBe(2);
    await coldReads(20);
  });
  expect(statuses.length).toBeGreaterThan(50);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('the cache Redis frozen under load causes no error and is used again after it thaws', async () => {
  const statuses = await underLoad(async () => {
    await coldReads(20);
    await system.redis.cache.kill('SIGSTOP');
    await api.waitForLog(/the cache server does not answer/);
    await coldReads(50);
    await system.redis.cache.kill('SIGCONT');
    await api.waitForLog(/the cache server answers again/);
    await coldReads(20);
  });
  expect(statuses.length).toBeGreaterThan(50);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test.for(['SIGKILL', 'SIGSTOP'] as const)(
  'with the queue Redis gone (%s), reads are unverified, writes pending, and both recover',
  async (signal) => {
    await ask(api, 'GET', '/api/stats');
    await system.redis.queue.kill(signal);
    await expect
      .poll(async () => String((await ask(api, 'GET', '/api/stats')).headers['cache-status']), { timeout: 30_000 })
      .toContain('detail=unverified');
    const { file, invalidation } = await uploadText(api, 'meanwhile.log', '2026-01-01 00:00:00 INFO app: meanwhile');
    expect(invalidation).toEqual({ position: null, state: 'pending' });
    const shown = (await ask(api, 'GET', `/api/files/${file.id}`)).json.file.invalidation;
    expect(shown).toEqual({ position: null, state: 'pending', applied_at: null });

    if (signal === 'SIGKILL') await system.redis.queue.restart();
    else await system.redis.queue.kill('SIGCONT');
    await expect
      .poll(async () => (await ask(api, 'GET', `/api/files/${file.id}`)).json.file, { timeout: 60_000, interval: 200 })
      .toMatchObject({
        status: 'indexed',
        invalidation: { state: 'applied', position: expect.any(Number), applied_at: expect.stringMatching(/Z$/) },
      });
    const { json } = await ask(api, 'GET', '/api/files');
    expect(json.files[0]).toMatchObject({ id: file.id, status: 'indexed' });
  },
);
