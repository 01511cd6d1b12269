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
/** The pauses that the reader has begun, in ms. */
const pauses: number[] = [];
let endPause = (): void => undefined;
const errors: unknown[] = [];
let reader: DemoReader;

beforeEach(async () => {
  [seen.length, errors.length, pauses.length, status] = [0, 0, 0, 200];
  stopping = new AbortController();
  reader = new DemoReader({
    signal: stopping.signal,
    onError: (error) => errors.push(error),
    pause,
    random: () => 0,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  stopping.abort();
  await reader.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    endPause = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
    pauses.push(ms);
  });
}

/** Resolves once the reader has begun its next pause, and so has read or has not. */
async function untilPause(n: number): Promise<void> {
  await vi.waitUntil(() => pauses.length >= n, { timeout: 30_000, interval: 1 });
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const next = pauses.length + 1;
    endPause();
    await untilPause(next);
  }
}

test('it reads while a console is open, and not before or after', async () => {
  const live = { isWatched: false };
  reader.start(url(), live);
  await untilPause(1);
  await turns(3);
  expect(seen).toEqual([]);
  live.isWatched = true;
  await turns(3);
  expect(seen).toEqual(['GET /api/stats', 'POST /api/search', 'GET /api/files']);
  expect(reader.reads).toBe(3);
  live.isWatched = false;
  await turns(3);
  expect(seen).toHaveLength(3);
});

test('its first reads follow each other quickly, then it reads every 1.5 s', async () => {
  reader.start(url(), { isWatched: true });
  await untilPause(1);
  await turns(12);
  expect(pauses).toEqual([...Array(11).fill(300), 1_500, 1_500]);
});

test('failures in a row are reported once and are not counted as reads', async () => {
  status = 503;
  reader.start(url(), { isWatched: true });
  await untilPause(1);
  await turns(2);
  expect(seen).toHaveLength(3);
  expect(errors).toEqual([new Error('expected 200 from /api/stats, got 503')]);
  expect(reader.reads).toBe(0);
});

test('it ends at once when the process begins to shut down', async () => {
  reader.start(url(), { isWatched: true });
  await untilPause(1);
  stopping.abort();
  await reader.close();
  expect([seen.length, pauses.length]).toEqual([1, 1]);
});
