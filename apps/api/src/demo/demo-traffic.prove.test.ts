import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ demoTraffic: true });
});
afterAll(() => api.stop());

interface Counts {
  hits: number;
  misses: number;
}
const counts = async (): Promise<Record<string, Counts>> =>
  ((await (await api.fetch('/api/cache/stats')).json()) as { endpoints: Record<string, Counts> }).endpoints;

test('while a console is open, every endpoint has hits and misses', async () => {
  expect(await counts()).toEqual({});
  const closed = new AbortController();
  const stream = await fetch(`${api.url}/api/live/events`, { signal: closed.signal });
  await vi.waitUntil(
    async () => {
      const all = await counts();
      return ['stats', 'search', 'files'].every((name) => (all[name]?.hits ?? 0) > 0 && (all[name]?.misses ?? 0) > 0);
    },
    { timeout: 60_000, interval: 200 },
  );
  const { demo } = (await (await api.fetch('/api/live')).json()) as { demo: { data: { on: boolean; reads: number } } };
  expect(demo.data).toEqual({ on: true, reads: expect.any(Number) });
  expect(stream.status).toBe(200);
  closed.abort();
});
