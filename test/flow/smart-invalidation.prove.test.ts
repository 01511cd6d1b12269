import { type ApiAnswer, type ApiClient, answerOf } from '@pilotlight/client';
import { beforeAll, expect, test } from 'vitest';
import { clientOf } from '../harness/client.ts';
import { suiteSystem } from '../harness/suite-system.ts';
import { uploadIndexed } from '../harness/upload.ts';

// Two apis and a worker that indexes: every process keeps serving exactly the answers that a change does not affect.
const running = suiteSystem({ apis: 2, workers: 1 });

beforeAll(async () => {
  await uploadIndexed(running.api, 'old.log', '2005-12-04 04:47:44 ERROR shop.Pay: card declined');
});

const YEAR_2005 = { from: '2005-01-01', to: '2006-01-01' };
const YEAR_2026 = { from: '2026-01-01', to: '2027-01-01' };
const NEW = '2026-03-01 10:00:00 INFO shop.Cart: added lamp';

type Read = (client: ApiClient) => Promise<ApiAnswer<unknown>>;

const search = (body: typeof YEAR_2005 | { service?: string; level?: 'ERROR' } = {}): Read => {
  return (client) => answerOf(client.POST('/api/search', { body }));
};
const stats = (query: Partial<typeof YEAR_2005> = {}): Read => {
  return (client) => answerOf(client.GET('/api/stats', { params: { query } }));
};

/** Reads that a file of 2026 with another service and level does not affect. */
const UNAFFECTED: Record<string, Read> = {
  'a search for 2005': search(YEAR_2005),
  'stats of 2005': stats(YEAR_2005),
  'a search for another service': search({ service: 'shop.Pay' }),
  'a search for another level': search({ level: 'ERROR' }),
};

const TOUCHED: Record<string, Read> = {
  'a search for 2026': search(YEAR_2026),
  'stats of 2026': stats(YEAR_2026),
  'a search without bounds': search(),
  'stats of everything': stats(),
  files: (client) => answerOf(client.GET('/api/files')),
};

/** Returns the clients of both apis. */
const clients = (): readonly [ApiClient, ApiClient] => [clientOf(running.apis[0]), clientOf(running.apis[1])];

/** Loads each answer into the memory of both apis. Returns the answers. */
async function fillBoth(reads: Record<string, Read>): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const [name, read] of Object.entries(reads)) {
    for (const client of clients()) await read(client);
    answers.set(name, (await read(clients()[0])).data);
  }
  return answers;
}

async function expectServedOn(before: Map<string, unknown>): Promise<void> {
  for (const [name, read] of Object.entries(UNAFFECTED)) {
    for (const client of clients()) {
      const { outcome, data } = await read(client);
      expect([outcome?.outcome, data], name).toEqual(['hit', before.get(name)]);
    }
  }
}

test('a search for 2005 stays cached on both apis after an upload of 2026, and an unbounded one does not', async () => {
  const unaffected = await fillBoth(UNAFFECTED);
  const touched = await fillBoth(TOUCHED);
  await uploadIndexed(running.apis[0], 'new.log', NEW);
  await expectServedOn(unaffected);
  for (const [name, read] of Object.entries(TOUCHED)) {
    for (const client of clients()) expect((await read(client)).data, name).not.toEqual(touched.get(name));
  }
  for (const client of clients()) {
    expect((await answerOf(client.POST('/api/search', { body: {} }))).data.total).toBe(2);
  }
});

test('a search for 2005 stays cached on both apis after a deletion of 2026, and an unbounded one does not', async () => {
  const { file } = await uploadIndexed(running.apis[0], 'short-lived.log', NEW);
  const [worker] = running.system.workers;
  // Keeps the worker from warming an invalidated answer before its reader comes.
  await worker?.stop();
  const unaffected = await fillBoth(UNAFFECTED);
  const touched = await fillBoth(TOUCHED);
  const [first, second] = clients();
  const { data } = await answerOf(first.DELETE('/api/files/{id}', { params: { path: { id: file.id } } }));
  expect(data.invalidation.state).toBe('applied');
  await expectServedOn(unaffected);
  for (const [name, read] of Object.entries(TOUCHED)) {
    expect((await read(second)).outcome?.outcome, name).toBe('miss');
    expect((await read(first)).data, name).not.toEqual(touched.get(name));
  }
});
