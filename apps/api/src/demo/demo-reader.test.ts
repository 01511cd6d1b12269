import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DemoReader } from './demo-reader.ts';

const seen: string[] = [];
let status = 200;
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url?.split('?')[0]}`);
  response.writeHead(status).end('{}');
});
let stopping: AbortController;
const errors: unknown[] = [];
let reader: DemoReader;

beforeEach(async () => {
  [seen.length, errors.length, status] = [0, 0, 200];
  stopping = new AbortController();
  reader = new DemoReader({ signal: stopping.signal, onError: (error) => errors.push(error), random: () => 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  stopping.abort();
  await reader.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('it reads while a console is open, and not before or after', async () => {
  const live = { isWatched: false };
  reader.start(url(), live);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toEqual([]);
  live.isWatched = true;
  await vi.waitUntil(() => reader.reads >= 3, { timeout: 30_000 });
  expect(seen.slice(0, 3)).toEqual(['GET /api/stats', 'POST /api/search', 'GET /api/files']);
  live.isWatched = false;
  const after = seen.length + 1; // one may be under way
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(seen.length).toBeLessThanOrEqual(after);
});

test('failures in a row are reported once and are not counted as reads', async () => {
  status = 503;
  reader.start(url(), { isWatched: true });
  await vi.waitUntil(() => seen.length >= 3, { timeout: 30_000 });
  expect(errors).toEqual([new Error('expected 200 from /api/stats, got 503')]);
  expect(reader.reads).toBe(0);
});

test('it ends at once when the process begins to shut down', async () => {
  reader.start(url(), { isWatched: true });
  await vi.waitUntil(() => reader.reads >= 1, { timeout: 30_000 });
  stopping.abort();
  await reader.close();
  const { length } = seen;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(seen).toHaveLength(length);
});
