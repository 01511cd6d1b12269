import { beforeAll, expect, test } from 'vitest';
import { type Api, type Asked, ask, uploadText } from '../harness/ask.ts';
import { suiteSystem } from '../harness/suite-system.ts';

// Two apis and a worker that indexes: every process keeps serving exactly the answers that a change does not affect.
const running = suiteSystem({ apis: 2, workers: 1 });

beforeAll(async () => {
  await uploadText(running.api, 'old.log', '2005-12-04 04:47:44 ERROR shop.Pay: card declined', 'wait=30');
});

const YEAR_2005 = { from: '2005-01-01', to: '2006-01-01' };
const YEAR_2026 = { from: '2026-01-01', to: '2027-01-01' };
const NEW = '2026-03-01 10:00:00 INFO shop.Cart: added lamp';

type Read = (api: Api) => Promise<Asked>;

/** Reads that a file of 2026 with another service and level does not affect. */
const UNAFFECTED: Record<string, Read> = {
  'a search for 2005': (api) => ask(api, 'POST', '/api/search', YEAR_2005),
  'stats of 2005': (api) => ask(api, 'GET', `/api/stats?${new URLSearchParams(YEAR_2005)}`),
  'a search for another service': (api) => ask(api, 'POST', '/api/search', { service: 'shop.Pay' }),
  'a search for another level': (api) => ask(api, 'POST', '/api/search', { level: 'ERROR' }),
};

const TOUCHED: Record<string, Read> = {
  'a search for 2026': (api) => ask(api, 'POST', '/api/search', YEAR_2026),
  'stats of 2026': (api) => ask(api, 'GET', `/api/stats?${new URLSearchParams(YEAR_2026)}`),
  'a search without bounds': (api) => ask(api, 'POST', '/api/search', {}),
  'stats of everything': (api) => ask(api, 'GET', '/api/stats'),
  files: (api) => ask(api, 'GET', '/api/files'),
};

/** Loads each answer into the memory of both apis. Returns the answers. */
async function fillBoth(reads: Record<string, Read>): Promise<Map<string, unknown>> {
  const etags = new Map<string, unknown>();
  for (const [name, read] of Object.entries(reads)) {
    for (const api of running.apis) await read(api);
    etags.set(name, (await read(running.apis[0])).headers['etag']);
  }
  return etags;
}

async function expectServedOn(before: Map<string, unknown>): Promise<void> {
  for (const [name, read] of Object.entries(UNAFFECTED)) {
    for (const api of running.apis) {
      const { headers } = await read(api);
      expect(headers, name).toMatchObject({ 'cache-status': expect.stringContaining('; hit'), etag: before.get(name) });
    }
  }
}

test('a search for 2005 stays cached on both apis after an upload of 2026, and an unbounded one does not', async () => {
  const unaffected = await fillBoth(UNAFFECTED);
  const touched = await fillBoth(TOUCHED);
  const { invalidation } = await uploadText(running.apis[0], 'new.log', NEW, 'wait=30');
  expect(invalidation.state).toBe('applied');
  await expectServedOn(unaffected);
  for (const [name, read] of Object.entries(TOUCHED)) {
    for (const api of running.apis) expect((await read(api)).headers['etag'], name).not.toBe(touched.get(name));
  }
  for (const api of running.apis) expect((await ask(api, 'POST', '/api/search', {})).json.total).toBe(2);
});

test('a search for 2005 stays cached on both apis after a deletion of 2026, and an unbounded one does not', async () => {
  const { file } = await uploadText(running.apis[0], 'short-lived.log', NEW, 'wait=30');
  const [worker] = running.system.workers;
  // Keeps the worker from warming an invalidated answer before its reader comes.
  await worker?.stop();
  const unaffected = await fillBoth(UNAFFECTED);
  const touched = await fillBoth(TOUCHED);
  const { status, json } = await ask(running.apis[0], 'DELETE', `/api/files/${file.id}`);
  expect([status, json.invalidation.state]).toEqual([200, 'applied']);
  await expectServedOn(unaffected);
  for (const [name, read] of Object.entries(TOUCHED)) {
    expect((await read(running.apis[1])).headers['cache-status'], name).toContain('fwd=miss');
    expect((await read(running.apis[0])).headers['etag'], name).not.toBe(touched.get(name));
  }
});
