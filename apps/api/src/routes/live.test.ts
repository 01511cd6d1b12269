import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const TOKEN = 'a-token-of-the-live-test';
const asReader = { authorization: `Bearer ${TOKEN}` };
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ apiTokens: [TOKEN] });
});
afterAll(() => api.stop());

/** Reads a stream until `isLast` accepts an event. Returns the data by event name. */
async function readUntil(isLast: (seen: Map<string, string>) => boolean): Promise<Map<string, string>> {
  const closed = new AbortController();
  const answer = await fetch(`${api.url}/api/live/events`, { headers: asReader, signal: closed.signal });
  const seen = new Map<string, string>();
  let text = '';
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    for (const [, name = '', data = ''] of text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)) seen.set(name, data);
    if (isLast(seen)) break;
  }
  closed.abort();
  return seen;
}

test('the live state has the health, the counts and what happens next', async () => {
  await api.fetch('/api/stats', { headers: asReader });
  const live = (await (await api.fetch('/api/live', { headers: asReader })).json()) as {
    health: { data: { status: string } };
    upcoming: { data: { prefixes: object } };
  };
  expect(live.health.data.status).toBe('ready');
  expect(Object.keys(live.upcoming.data.prefixes).toSorted()).toEqual(['files', 'search', 'stats']);
});

test('a stream begins with every section, and reports a read', async () => {
  const first = await readUntil((seen) => seen.size >= 8);
  expect([...first.keys()].toSorted()).toEqual([
    'cache',
    'demo',
    'findings',
    'health',
    'processes',
    'queues',
    'sampling',
    'upcoming',
  ]);
  await api.fetch('/api/stats?service=pay', { headers: asReader });
  const misses = (seen: Map<string, string>) =>
    seen.has('cache') ? JSON.parse(seen.get('cache') ?? '').data.endpoints.stats.misses : 0;
  expect(misses(await readUntil((seen) => misses(seen) >= 2))).toBeGreaterThanOrEqual(2);
});

test('neither is given without a token', async () => {
  for (const path of ['/api/live', '/api/live/events']) await expectProblem(await api.fetch(path), 401);
});
