import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { expressCache } from './cache-result.ts';
import { fastPath } from './fast-path.ts';

let world: SimulatedWorld;
let process: SimulatedProcess;
let isOverloaded: boolean;
/** Loads wait for it. */
let open: Promise<void>;
let loads: number;
let url: string;
let close: () => Promise<void>;
beforeEach(async () => {
  world = new SimulatedWorld();
  process = await world.process();
  isOverloaded = false;
  open = Promise.resolve();
  loads = 0;
  const app = express();
  app.get(
    '/count',
    expressCache(process.cache).cacheResult({ timeout: 60, keyPrefix: 'count' })(async function count() {
      loads++;
      await open;
      return loads;
    }),
  );
  const onMiss: RequestListener = (request, response) => {
    if (isOverloaded) response.writeHead(503).end();
    else app(request, response);
  };
  const server = createServer(fastPath(app, process.cache, { allow: () => true, onMiss })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
});
afterEach(async () => {
  await close();
  await world.close();
});

/** Returns the status and the state of the cache. */
async function ask(path: string): Promise<[number, string]> {
  const { status, headers } = await fetch(url + path);
  return [status, /hit|stale|fwd=[a-z-]+/.exec(headers.get('cache-status') ?? 'none')?.[0] ?? 'none'];
}

const REFUSED = [503, 'none'];

/** Loads an entry; afterwards misses are refused. */
async function fill(): Promise<void> {
  expect((await ask('/count'))[0]).toBe(200);
  isOverloaded = true;
}

test('given onMiss, it gets misses, and hits are answered', async () => {
  await fill();
  expect(await ask('/count')).toEqual([200, 'hit']);
  expect(await ask('/count?other=1')).toEqual(REFUSED);
});

test('a stale answer is served while onMiss refuses', async () => {
  await fill();
  await world.clock.advance(61_000);
  expect((await ask('/count'))[0]).toBe(200);
});

test('onMiss gets a read whose entry is too old to serve', async () => {
  await fill();
  await world.clock.advance(200_000);
  expect(await ask('/count')).toEqual(REFUSED);
});

test('onMiss gets a read whose entry an invalidation hit', async () => {
  await fill();
  await process.cache.invalidate({ prefix: 'count' });
  expect(await ask('/count')).toEqual(REFUSED);
});

test('a read joins a load in progress while onMiss refuses', async () => {
  await fill();
  await process.cache.invalidate({ prefix: 'count' });
  const gate = Promise.withResolvers<void>();
  open = gate.promise;
  isOverloaded = false;
  const first = ask('/count');
  await expect.poll(() => loads).toBe(2);
  isOverloaded = true;
  const second = ask('/count');
  gate.resolve();
  expect([(await first)[0], (await second)[0], loads]).toEqual([200, 200, 2]);
});

test('a hit that the log cannot verify now is answered while onMiss refuses', async () => {
  await fill();
  process.durable.cut();
  await world.clock.advance(5_000);
  expect(process.cache.internal.engine.follower.isCurrent).toBe(false);
  expect((await ask('/count'))[0]).toBe(200);
});
