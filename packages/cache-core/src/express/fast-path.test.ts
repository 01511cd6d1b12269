import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request, type RequestHandler } from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CacheManager } from '../cache-manager.ts';
import { SimulatedWorld } from '../testing/index.ts';
import { type ExpressCache, expressCache } from './cache-result.ts';
import { type FastAnswer, fastPath } from './fast-path.ts';

let world: SimulatedWorld;
let cache: CacheManager;
let cached: ExpressCache;
let app: Express;
/** The requests that reached Express. */
let seen: string[];
let answers: FastAnswer[];
let isAllowed: (request: IncomingMessage) => boolean;
let close: (() => Promise<void>) | null;
beforeEach(async () => {
  world = new SimulatedWorld();
  ({ cache } = await world.process());
  cached = expressCache(cache);
  app = express().disable('x-powered-by');
  seen = [];
  answers = [];
  isAllowed = () => true;
  close = null;
  app.use((request, _response, next) => {
    seen.push(`${request.method} ${request.url}`);
    next();
  });
  app.use(express.json());
});
afterEach(async () => {
  await close?.();
  await world.close();
});

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | readonly string[];
}

async function listen(): Promise<
  (path: string, ask?: Ask) => Promise<{ status: number; headers: object; body: string }>
> {
  const options = {
    allow: (request: IncomingMessage) => isAllowed(request),
    onAnswer: (_: unknown, answer: FastAnswer) => void answers.push(answer),
  };
  const server = createServer(fastPath(app, cache, options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  return async (path, { method = 'GET', headers = {}, body } = {}) => {
    const request = send({ port, path, method, headers });
    for (const chunk of [body ?? []].flat()) request.write(chunk);
    request.end();
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { date: _date, ...rest } = response.headers;
    return { status: response.statusCode, headers: rest, body: Buffer.concat(chunks).toString() };
  };
}

const report = () => ({ text: 'größer' });
const JSON_TYPE = { 'content-type': 'application/json' };

test('given a hit that Express has answered once, the fast path sends the same without Express', async () => {
  app.get('/report', cached.cacheResult({ timeout: 60 })(report));
  const ask = await listen();
  await ask('/report?a=1');
  expect(answers).toEqual([]);
  const fast = await ask('/report?a=1');
  expect(seen).toEqual(['GET /report?a=1']);
  expect(answers).toEqual([expect.objectContaining({ route: '/report', status: 200, bytes: 19 })]);
  isAllowed = () => false;
  const slow = await ask('/report?a=1');
  expect(seen).toHaveLength(2);
  expect(fast).toEqual(slow);
  expect(fast.body).toBe('{"text":"größer"}');
});

test.for([
  ['another URL', '/report?a=2', {}],
  ['another method', '/report?a=1', { method: 'HEAD' }],
  ['a body', '/report?a=1', { body: 'x', headers: { 'content-length': '1' } }],
  ['Expect', '/report?a=1', { headers: { expect: '100-continue' } }],
] as const)('given %s, Express answers', async ([, path, ask]) => {
  app.get('/report', cached.cacheResult({ timeout: 60 })(report));
  const asks = await listen();
  await asks('/report?a=1');
  await asks(path, ask);
  expect([seen.length, answers]).toEqual([2, []]);
});

test('a request that is not allowed goes to Express', async () => {
  app.get('/report', cached.cacheResult({ timeout: 60 })(report));
  const ask = await listen();
  await ask('/report');
  isAllowed = ({ headers }) => headers.authorization === 'Bearer secret';
  await ask('/report');
  expect(answers).toEqual([]);
  await ask('/report', { headers: { authorization: 'Bearer secret' } });
  expect(answers).toHaveLength(1);
});

test('an invalidation reaches the fast path at once', async () => {
  let n = 0;
  app.get(
    '/count',
    cached.cacheResult({ timeout: 60, keyPrefix: 'count' })(function count() {
      return ++n;
    }),
  );
  const ask = await listen();
  await ask('/count');
  expect((await ask('/count')).body).toBe('1');
  await cache.invalidate({ prefix: 'count' });
  expect((await ask('/count')).body).toBe('2');
});

describe('given an entry that only the shared tier holds', () => {
  let loads: number;
  let ask: Awaited<ReturnType<typeof listen>>;
  beforeEach(async () => {
    loads = 0;
    app.get(
      '/count',
      cached.cacheResult({ timeout: 60, keyPrefix: 'count' })(function count() {
        return { loads: ++loads };
      }),
    );
    app.post(
      '/echo',
      cached.cacheResult({ timeout: 60, keyPrefix: 'echo' })(function echo({ body }) {
        return body;
      }),
    );
    ask = await listen();
    await ask('/count');
    await world.clock.advance(1);
    forget();
    seen = [];
  });
  const forget = () => cache.internal.engine.memory.evictWhere(() => true);

  test('the fast path sends the same as Express, and asks the tier once', async () => {
    const before = world.shared.gets;
    const fast = await ask('/count');
    expect([seen, answers[0]?.outcome, world.shared.gets - before]).toMatchObject([[], { tier: 'redis' }, 1]);
    forget();
    isAllowed = () => false;
    expect(await ask('/count')).toEqual(fast);
    expect([seen.length, loads]).toEqual([1, 1]);
  });

  test('a hit of a search by body leaves the connection usable', async () => {
    const body = '{"q":"a"}';
    const search = () => ask('/echo', { method: 'POST', headers: { ...JSON_TYPE, 'content-length': '9' }, body });
    for (let i = 0; i < 5; i++) {
      expect((await search()).body).toBe(body);
      await world.clock.advance(1);
      forget();
    }
    expect(answers.map(({ outcome }) => outcome.tier)).toEqual(['redis', 'redis', 'redis']);
  });

  test('an entry that an invalidation hit is loaded again', async () => {
    await cache.invalidate({ prefix: 'count' });
    expect((await ask('/count')).body).toBe('{"loads":2}');
    expect([seen.length, answers]).toEqual([1, []]);
  });

  test('given a key that the tier lost, Express loads it without another lookup', async () => {
    world.shared.evict();
    const before = world.shared.gets;
    expect((await ask('/count')).body).toBe('{"loads":2}');
    // The holder of the fill lock looks again.
    expect([seen.length, world.shared.gets - before]).toEqual([1, 2]);
  });

  test('given a tier that fails, Express loads', async () => {
    world.shared.fail('reject');
    expect((await ask('/count')).body).toBe('{"loads":2}');
    expect([seen.length, answers]).toEqual([1, []]);
  });
});

test('a search by body is answered from its third request on, and Express receives every other body whole', async () => {
  app.post(
    '/search',
    cached.cacheResult({ timeout: 60 })(function search({ body }) {
      return body;
    }),
  );
  const ask = await listen();
  const search = (body: Ask['body'], headers: Record<string, string> = JSON_TYPE) =>
    ask('/search', {
      method: 'POST',
      headers: { ...headers, 'content-length': String([body ?? []].flat().join('').length) },
      ...(body && { body }),
    });
  const bodies = ['{"q":"a"}', '{"q":"a"}', '{"q":"a"}', '{"q":"b"}', ['{"q"', ':"a"}'], ['{"q":', '"c"}']];
  const got = [];
  for (const body of bodies) got.push((await search(body)).body);
  expect(got).toEqual(bodies.map((body) => [body].flat().join('')));
  expect(answers).toHaveLength(2);
  expect((await search('{"q":"a"}', { 'content-type': 'text/plain' })).status).toBe(500);
});

const fromUrl = (request: Request, user: string): void => {
  request.url = `/report?user=${user}`;
};
const fromParameter = (request: Request, user: string): void => {
  request.params['user'] = user;
};
test.for([
  ['the URL', fromUrl],
  ['a parameter', fromParameter],
] as const)('given middleware that sets %s from a credential, Express answers each request', async ([, set]) => {
  const withUser: RequestHandler = (request, _response, next) => {
    set(request, request.headers.authorization ?? 'none');
    next();
  };
  app.use((request, response, next) => void (request.url === '/mine' ? withUser(request, response, next) : next()));
  const who = cached.cacheResult({ timeout: 60 })(function who({ query, params }): unknown {
    return [query['user'], params['user']];
  });
  app.get('/report', who);
  app.get('/mine', withUser, who);
  const ask = await listen();
  const bodies: string[] = [];
  for (const user of ['ann', 'ann', 'bob'])
    bodies.push((await ask('/mine', { headers: { authorization: user } })).body);
  expect([bodies[0] === bodies[1], bodies[2]?.includes('bob'), answers]).toEqual([true, true, []]);
});
