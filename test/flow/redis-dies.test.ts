import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, ask, uploadText } from '../harness/ask.ts';
import { type System, startSystem } from '../harness/start-system.ts';

let system: System;
let api: Api;

beforeEach(async () => {
  system = await startSystem({ apis: 1, workers: 1 });
  const [first] = system.apis;
  if (!first) throw new Error('expected an api');
  api = first;
});
afterEach(() => system?.stop());

/** Reads all three endpoints over and over until told to stop; answers every status that came. */
function underLoad(target: Api): { stop(): Promise<number[]> } {
  const statuses: number[] = [];
  let on = true;
  const reader = async (n: number) => {
    for (let i = 0; on; i++) {
      statuses.push((await ask(target, 'GET', `/api/stats?service=s${(n + i) % 5}`)).status);
      statuses.push((await ask(target, 'POST', '/api/search', { q: `word${(n + i) % 5}` })).status);
      statuses.push((await ask(target, 'GET', '/api/files')).status);
    }
  };
  const readers = Promise.all([0, 1, 2, 3].map(reader));
  return {
    stop: async () => {
      on = false;
      await readers;
      return statuses;
    },
  };
}

/** Waits until the readers have come round a few hundred times more: a state, not a time. */
async function moreAnswers(target: Api, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await ask(target, 'GET', '/api/stats');
}

test.for(['SIGKILL', 'SIGSTOP'] as const)(
  'the cache Redis dying under load (%s) causes no error answer, and is used again when it is back',
  async (signal) => {
    const load = underLoad(api);
    await moreAnswers(api, 50);
    await system.redis.cache.kill(signal);
    await moreAnswers(api, 200);
    if (signal === 'SIGKILL') await system.redis.cache.restart();
    else await system.redis.cache.kill('SIGCONT');
    await api.waitForLog(signal === 'SIGSTOP' ? /the cache server answers again/ : /Cache HIT/);
    const statuses = await load.stop();
    expect(statuses.length).toBeGreaterThan(200);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  },
);

test.for(['SIGKILL', 'SIGSTOP'] as const)(
  'with the queue Redis gone (%s) reads say unverified, writes say pending, and both recover',
  async (signal) => {
    await ask(api, 'GET', '/api/stats');
    await system.redis.queue.kill(signal);
    await expect
      .poll(async () => String((await ask(api, 'GET', '/api/stats')).headers['cache-status']), { timeout: 20_000 })
      .toContain('detail=unverified');
    const { file, invalidation } = await uploadText(api, 'meanwhile.log', '2026-01-01 00:00:00 INFO app: meanwhile');
    expect(invalidation).toEqual({ position: null, state: 'pending' });

    if (signal === 'SIGKILL') await system.redis.queue.restart();
    else await system.redis.queue.kill('SIGCONT');
    await expect
      .poll(async () => (await ask(api, 'GET', `/api/files/${file.id}`)).json.file, { timeout: 60_000, interval: 200 })
      .toMatchObject({ status: 'indexed', invalidation: { state: 'applied' } });
    const { json } = await ask(api, 'GET', '/api/files');
    expect(json.files[0]).toMatchObject({ id: file.id, status: 'indexed' });
  },
);
