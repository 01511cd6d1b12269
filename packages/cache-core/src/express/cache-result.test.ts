import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedWorld } from '../testing/index.ts';
import { type CachedHandler, expressCache } from './cache-result.ts';

let world: SimulatedWorld;
let cached: ReturnType<typeof expressCache>;
let app: Express;
let close: () => Promise<void>;
let calls: unknown[];
let url: string;
beforeEach(async () => {
  world = new SimulatedWorld();
  cached = expressCache((await world.process()).cache);
  app = express();
  app.use(express.json());
  calls = [];
});
afterEach(async () => {
  await close?.();
  await world.close();
});

async function listen(): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const onError: ErrorRequestHandler = (error: Error, _request, response, _next) => {
    response.status(500).json({ error: error.message });
  };
  app.use(onError);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  return (path, init) => fetch(`${url}${path}`, init);
}

/** The status of an answer to exactly these headers: `fetch` adds `no-cache` to a conditional request. */
async function conditionally(path: string, headers: Record<string, string>) {
  const [response] = await once(get(`${url}${path}`, { headers, agent: false }), 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body, etag: response.headers.etag };
}

const get_stats: CachedHandler<unknown> = (input) => {
  calls.push(input);
  return { n: calls.length };
};
const statusOf = (response: Response) => response.headers.get('cache-status');

test('the first answer is a miss, the second a hit with the same bytes, validator and age', async () => {
  app.get('/stats', cached.cacheResult({ timeout: 60, keyPrefix: 'stats' })(get_stats));
  const ask = await listen();
  const first = await ask('/stats');
  expect([first.status, statusOf(first), first.headers.get('age')]).toEqual([200, 'pilotlight; fwd=miss; stored', '0']);
  expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(first.headers.get('cache-control')).toBe('no-cache');
  await world.clock.advance(5_000);
  const second = await ask('/stats');
  expect(statusOf(second)).toMatch(/^pilotlight; hit; ttl=\d+; detail=memory$/);
  expect(second.headers.get('age')).toBe('5');
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(second.headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
  expect([await first.json(), await second.json(), calls.length]).toEqual([{ n: 1 }, { n: 1 }, 1]);
});

test('a client with the current answer gets 304, also with the no-cache that fetch adds', async () => {
  app.get('/stats', cached.cacheResult()(get_stats));
  const ask = await listen();
  const etag = (await ask('/stats')).headers.get('etag') ?? '';
  expect(await conditionally('/stats', { 'if-none-match': etag })).toEqual({ status: 304, body: '', etag });
  expect(await conditionally('/stats', { 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
  const asFetchDoes = { 'if-none-match': etag, 'cache-control': 'no-cache' };
  expect(await conditionally('/stats', asFetchDoes)).toMatchObject({ status: 304, body: '' });
});

test('HEAD has the headers of GET, shares its answer, and has no body', async () => {
  app.get('/stats', cached.cacheResult()(get_stats));
  const ask = await listen();
  const head = await ask('/stats', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '7', '']);
  expect(statusOf(await ask('/stats'))).toContain('hit');
});

test('?cache=false calls the origin, reads and stores nothing, and is not in the key', async () => {
  app.get('/stats', cached.cacheResult()(get_stats));
  const ask = await listen();
  await ask('/stats?a=1');
  const bypass = await ask('/stats?a=1&cache=false');
  expect([statusOf(bypass), await bypass.json()]).toEqual(['pilotlight; fwd=bypass', { n: 2 }]);
  const after = await ask('/stats?a=1');
  expect([statusOf(after)?.includes('hit'), await after.json()]).toEqual([true, { n: 1 }]);
  expect(calls).toEqual([calls[0], calls[0]]);
});

test('an error goes to the application and is not cached', async () => {
  let failing = true;
  const handler: CachedHandler<unknown> = function flaky() {
    if (failing) throw new Error('origin says no');
    return 'fine';
  };
  app.get('/flaky', cached.cacheResult()(handler));
  const ask = await listen();
  const failed = await ask('/flaky');
  expect([failed.status, await failed.json(), statusOf(failed)]).toEqual([500, { error: 'origin says no' }, null]);
  failing = false;
  expect(await (await ask('/flaky')).json()).toBe('fine');
});

test('the handler sees only the input of the request', async () => {
  const input = ({ query, params }: { query: Record<string, unknown>; params: Record<string, unknown> }) => ({
    id: params['id'],
    limit: Number(query['limit'] ?? 10),
  });
  app.get('/files/:id', cached.cacheResult({ input })(get_stats));
  const ask = await listen();
  await ask('/files/7?limit=10&ignored=1');
  const same = await ask('/files/7');
  expect(statusOf(same)).toContain('hit'); // absent and default are the same input
  await ask('/files/8');
  expect(calls).toEqual([
    { id: '7', limit: 10 },
    { id: '8', limit: 10 },
  ]);
});

test('a handler that changes its input fails, so the next request is unaffected', async () => {
  app.get(
    '/tamper',
    cached.cacheResult({ name: 'tamper' })(({ query }) => Object.assign(query, { page: 'changed' })),
  );
  const ask = await listen();
  expect((await ask('/tamper?page=1')).status).toBe(500);
});

test('without an input option, path, query and body are the input and the key', async () => {
  app.post('/search', cached.cacheResult()(get_stats));
  const ask = await listen();
  const search = (path: string, body: unknown) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  await search('/search', { q: 'a', level: 'ERROR' });
  expect(statusOf(await search('/search', { level: 'ERROR', q: 'a' }))).toContain('hit');
  for (const [path, body] of [
    ['/search', { q: 'b' }],
    ['/search?x=1', { q: 'a', level: 'ERROR' }],
  ] as const)
    expect(statusOf(await search(path, body))).toContain('fwd=miss');
});

test('no header and no cookie changes a cached answer', async () => {
  app.get('/stats', cached.cacheResult()(get_stats));
  const ask = await listen();
  const plain = await (await ask('/stats')).text();
  const unkeyed = [
    'cookie',
    'authorization',
    'x-forwarded-host',
    'x-original-url',
    'accept',
    'accept-language',
    'origin',
  ];
  for (const name of unkeyed) {
    const response = await ask('/stats', { headers: { [name]: 'evil' } });
    expect([name, statusOf(response)?.includes('hit'), await response.text()]).toEqual([name, true, plain]);
  }
});

test.each(['headers', 'cookies', 'ip', 'method', 'originalUrl', 'user'])(
  'a handler that reads %s of the request, which its key does not cover, fails rather than share the answer',
  async (what) => {
    app.get(
      '/leaky',
      cached.cacheResult({ name: 'leaky' })((view) => Reflect.get(view, what)?.['x'] ?? 'none'),
    );
    const ask = await listen();
    const response = await ask('/leaky');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: expect.stringContaining(`the cached handler read ${what} `) });
  },
);

test('an input that reads more than the key covers fails in the same way', async () => {
  const input = (view: object) => Reflect.get(view, 'session') as unknown;
  app.get(
    '/leaky',
    cached.cacheResult({ name: 'leaky', input })(() => 1),
  );
  expect((await (await listen())('/leaky')).status).toBe(500);
});

test('a header that the route varies on is in the key, in Vary, and the handler sees it', async () => {
  app.get(
    '/hello',
    cached.cacheResult({ name: 'hello', vary: ['Accept-Language'] })(({ headers }) => headers['accept-language']),
  );
  const ask = await listen();
  const speaking = (language: string) => ask('/hello', { headers: { 'accept-language': language } });
  for (const language of ['de', 'fr', 'de']) expect(await (await speaking(language)).json()).toBe(language);
  const again = await speaking('fr');
  expect([again.headers.get('vary'), statusOf(again)?.includes('hit')]).toEqual([
    'accept-language, accept-encoding',
    true,
  ]);
});

test('two versions of a route have separate keys, and one invalidation hits both', async () => {
  app.get(
    '/one',
    cached.cacheResult({ keyPrefix: 'stats', name: 'get' })(() => 'form one'),
  );
  app.get(
    '/two',
    cached.cacheResult({ keyPrefix: 'stats', name: 'get', version: 2 })(() => ({ form: 'two' })),
  );
  const ask = await listen();
  expect([await (await ask('/one')).json(), await (await ask('/two')).json()]).toEqual(['form one', { form: 'two' }]);
  expect([statusOf(await ask('/one')), statusOf(await ask('/two'))].every((status) => status?.includes('hit'))).toBe(
    true,
  );
  await cached.invalidateCache('stats:get');
  expect([statusOf(await ask('/one')), statusOf(await ask('/two'))].some((status) => status?.includes('hit'))).toBe(
    false,
  );
});

test('a handler that returns undefined fails', async () => {
  app.get(
    '/nothing',
    cached.cacheResult({ name: 'nothing' })(() => undefined),
  );
  expect((await (await listen())('/nothing')).status).toBe(500);
});

test('a handler without a name is rejected when the route is made', () => {
  expect(() => cached.cacheResult()(() => 1)).toThrow('expected a handler with a name');
  expect(() => cached.cacheResult({ keyPrefix: 'a:b', name: 'x' })(() => 1)).toThrow('key prefix: expected');
  expect(() => cached.cacheResult({ name: 'x' })(() => 1)).not.toThrow();
});

test('invalidating a prefix invalidates its routes and returns the number of keys', async () => {
  app.get('/stats', cached.cacheResult({ keyPrefix: 'stats' })(get_stats));
  const ask = await listen();
  await ask('/stats');
  await ask('/stats?a=1');
  expect(await cached.invalidateCache('stats')).toBe(2);
  expect(statusOf(await ask('/stats'))).toContain('fwd=miss');
});
