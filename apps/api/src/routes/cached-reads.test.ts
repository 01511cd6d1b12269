import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.uploadIndexed(
    '2024-05-01T10:00:00Z ERROR api: disk full\n2024-05-01T10:00:01Z INFO api: disk freed\n',
    'app.log',
  );
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.postJson('/api/cache/invalidate', { prefix: '*' }, asAdmin);
});

const statusOf = (response: Response) => response.headers.get('cache-status');
const search = (body: unknown, query = '') => api.postJson(`/api/search${query}`, body);

describe('a cached answer says what the cache did', () => {
  const reads: [string, () => Promise<Response>][] = [
    ['GET /api/stats', () => api.fetch('/api/stats')],
    ['GET /api/files', () => api.fetch('/api/files')],
    ['POST /api/search', () => search({ q: 'disk' })],
  ];
  test.for(reads)('%s: first a miss, then a hit with the same bytes', async ([, read]) => {
    const miss = await read();
    expect(miss.status).toBe(200);
    expect(statusOf(miss)).toBe('pilotlight; fwd=miss; stored');
    expect(miss.headers.get('age')).toBe('0');
    const hit = await read();
    expect(statusOf(hit)).toMatch(/^pilotlight; hit; ttl=\d+; detail=memory$/);
    expect(hit.headers.get('age')).toMatch(/^\d+$/);
    expect(hit.headers.get('cache-control')).toBe('no-cache');
    expect(hit.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(hit.headers.get('x-content-type-options')).toBe('nosniff');
    expect(hit.headers.get('etag')).toBe(miss.headers.get('etag'));
    expect(await hit.text()).toBe(await miss.text());
  });

  test('only an administrator gets the key in Cache-Status', async () => {
    await api.fetch('/api/stats');
    const keyFor = async (headers: Record<string, string>) =>
      /; key="(stats:get_stats:\w+)"/.exec(statusOf(await api.fetch('/api/stats', { headers })) ?? '')?.[1];
    expect(await keyFor(asAdmin)).toBeDefined();
    expect(await keyFor(asAdmin)).toBeDefined(); // the second time without Express
    expect([await keyFor({}), await keyFor({ authorization: 'Bearer another' })]).toEqual([undefined, undefined]);
  });
});

describe('GET /api/stats', () => {
  const statsOf = async (query: string): Promise<Record<string, unknown>> => {
    const response = await api.fetch(`/api/stats?${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { stats: Record<string, unknown> }).stats;
  };

  test('levels and a file narrow it', async () => {
    const id = await api.uploadIndexed('2024-05-02T10:00:00Z FATAL api: disk full\n', 'fatal.log');
    expect(await statsOf('level=ERROR')).toMatchObject({ total_logs: 1, error_rate: 1, files: 1 });
    expect(await statsOf('level=ERROR&level=FATAL')).toMatchObject({ total_logs: 2, files: 2 });
    expect(await statsOf(`file_id=${id.toUpperCase()}`)).toMatchObject({ total_logs: 1, by_level: { FATAL: 1 } });
    expect(await statsOf(`file_id=${id}&level=INFO`)).toMatchObject({ total_logs: 0, files: 0 });
    expect((await api.fetch(`/api/files/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await statsOf(`file_id=${id}`)).toMatchObject({ total_logs: 0, files: 0 });
  });

  test('the timeline follows the zone and the interval asked for', async () => {
    expect(await statsOf('tz=asia/kathmandu&interval=1d')).toMatchObject({
      tz: expect.stringMatching(/^Asia\/Ka/),
      interval: '1d',
      timeline: [
        {
          from: '2024-04-30T18:15:00.000Z',
          to: '2024-05-01T18:15:00.000Z',
          count: 2,
          errors: 1,
          levels: { INFO: 1, ERROR: 1 },
        },
      ],
    });
    const response = await api.fetch('/api/stats?from=2023-05-01&interval=1s');
    const problem = await expectProblem(response, 400);
    expect(problem.errors).toEqual([
      {
        field: 'interval',
        detail: expect.stringMatching(/at most 1500 buckets, got about 31658402 of 1s .* use 12h or wider/),
      },
    ]);
  });

  test('another spelling of the zone is the same entry', async () => {
    const read = async (tz: string) => statusOf(await api.fetch(`/api/stats?tz=${tz}`));
    expect(await read('UTC')).toMatch(/fwd=miss/);
    for (const tz of ['utc', 'Etc/UTC', 'GMT']) expect(await read(tz)).toMatch(/; hit;/);
    expect(statusOf(await api.fetch('/api/stats'))).toMatch(/; hit;/);
    expect(await read('europe/berlin')).toMatch(/fwd=miss/);
    expect(await read('Europe/Berlin')).toMatch(/; hit;/);
  });
});

test('a client that has the current answer gets 304 without a body', async () => {
  const etag = (await api.fetch('/api/stats')).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]+"$/);
  // Without this mode, fetch adds headers that request a reload, because If-None-Match is set.
  const ask = (known: string) => api.fetch('/api/stats', { headers: { 'if-none-match': known }, cache: 'no-cache' });
  const again = await ask(etag);
  expect(again.status).toBe(304);
  expect(again.headers.get('etag')).toBe(etag);
  expect(await again.text()).toBe('');
  expect((await ask('"other"')).status).toBe(200);
});

test('HEAD answers like GET, without a body', async () => {
  const response = await api.fetch('/api/stats', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
  expect(await response.text()).toBe('');
});

test('cache=false asks the origin and stores nothing', async () => {
  for (let i = 0; i < 2; i++) {
    expect(statusOf(await api.fetch('/api/stats?cache=false'))).toBe('pilotlight; fwd=bypass');
    expect(statusOf(await search({ q: 'disk' }, '?cache=false'))).toBe('pilotlight; fwd=bypass');
  }
  expect(statusOf(await api.fetch('/api/stats'))).toBe('pilotlight; fwd=miss; stored');
});

test('a search written differently has the same cached answer', async () => {
  expect(statusOf(await search({ q: 'disk', level: ['INFO', 'ERROR'] }))).toContain('fwd=miss');
  for (const same of [
    { level: ['ERROR', 'INFO', 'ERROR'], q: 'disk' },
    { q: 'disk', level: ['INFO', 'ERROR'], page: 1, page_size: 50, sort: 'newest' },
  ]) {
    expect(statusOf(await search(same))).toContain('hit');
  }
  expect(statusOf(await search({ q: 'disk' }))).toContain('fwd=miss');
});

test('a range written differently has the same cached answer', async () => {
  expect(statusOf(await api.fetch('/api/stats?from=2024-05-01'))).toContain('fwd=miss');
  expect(statusOf(await api.fetch('/api/stats?from=2024-05-01T02:00:00%2B02:00'))).toContain('hit');
});

describe('a JSON body is read as JSON, whatever its Content-Type', () => {
  const json = '{"q": "disk", "level": "ERROR"}';
  const rows: [string, string | Buffer<ArrayBuffer>, Record<string, string>][] = [
    ['as curl -d labels it', json, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['as text', json, { 'content-type': 'text/plain;charset=UTF-8' }],
    ['as JSON with a charset', json, { 'content-type': 'Application/JSON; charset=utf-8' }],
    ['as a kind of JSON', json, { 'content-type': 'application/vnd.pilotlight+json' }],
    ['without a label', Buffer.from(json), {}],
    ['gzipped', gzipSync(json), { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ];
  test.for(rows)('%s', async ([, body, headers]) => {
    const response = await api.fetch('/api/search', { method: 'POST', body, headers });
    expect(await response.json()).toMatchObject({ success: true, total: 1, results: [{ level: 'ERROR' }] });
  });

  test('no body at all is a search for everything', async () => {
    expect(await (await api.fetch('/api/search', { method: 'POST' })).json()).toMatchObject({ total: 2, page: 1 });
  });
});

test('a cached answer depends on its input only', async () => {
  const plain = await (await api.fetch('/api/stats')).text();
  for (const headers of [
    { 'x-forwarded-host': 'evil.example' },
    { 'x-original-url': '/api/files' },
    { 'x-http-method-override': 'DELETE' },
    { cookie: 'a=b' },
    { 'accept-language': 'de' },
  ]) {
    const response = await api.fetch('/api/stats', { headers });
    expect(statusOf(response)).toContain('hit');
    expect(await response.text()).toBe(plain);
  }
});
