import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../testing/test-api.ts';

const API_TOKENS = ['first-token-of-the-api', 'second-token-of-the-api'];

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const ADMIN_PATHS: [string, string][] = [
  ['POST', '/api/cache/invalidate'],
  ['POST', '/api/cache/warm'],
  ['POST', '/api/cache/stats/reset'],
  ['GET', '/api/retention'],
  ['POST', '/api/retention'],
  ['GET', '/admin/queues'],
  ['GET', '/admin/queues/api/queues'],
  ['GET', '/admin/queues/static/css/main.css'],
];
const API_PATHS: [string, string][] = [
  ['GET', '/api/stats'],
  ['POST', '/api/search'],
  ['GET', '/api/files'],
  ['GET', '/api/files/x'],
  ['GET', '/api/files/x/content'],
  ['DELETE', '/api/files/x'],
  ['POST', '/api/upload'],
  ['GET', '/api/cache/stats'],
];

describe('with API tokens', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ apiTokens: API_TOKENS });
  });
  afterAll(() => api.stop());

  test.for(API_PATHS)('%s %s needs one of them, or the admin token', async ([method, path]) => {
    const invalid = 'Bearer realm="pilotlight", error="invalid_token"';
    for (const [headers, challenge] of [
      [{}, 'Bearer realm="pilotlight"'],
      [bearer('wrong'), invalid],
      [bearer(''), 'Bearer realm="pilotlight"'],
      [basic('admin', API_TOKENS[0] ?? ''), 'Bearer realm="pilotlight"'],
    ] as const) {
      const response = await api.fetch(path, { method, headers });
      expect(response.headers.get('www-authenticate')).toBe(challenge);
      expect((await expectProblem(response, 401)).code).toBe('UNAUTHORIZED');
    }
    for (const token of [...API_TOKENS, ADMIN_TOKEN]) {
      expect((await api.fetch(path, { method, headers: bearer(token) })).status).not.toBe(401);
    }
  });

  test.for(ADMIN_PATHS)('%s %s refuses an API token', async ([method, path]) => {
    const response = await api.fetch(path, { method, headers: bearer(API_TOKENS[0] ?? '') });
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="admin"');
    const problem = await expectProblem(response, 403);
    expect(problem).toMatchObject({ code: 'FORBIDDEN', detail: expect.stringContaining('env:api-1') });
  });

  test.for(['/healthz', '/readyz'])('%s is open, because monitors have no token', async (path) => {
    expect((await api.fetch(path)).status).toBe(200);
  });
});

describe('without API tokens', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  test.for(ADMIN_PATHS)('%s %s needs the admin token', async ([method, path]) => {
    for (const headers of [
      {},
      bearer('wrong'),
      bearer(`${ADMIN_TOKEN}x`),
      bearer(ADMIN_TOKEN.slice(0, -1)),
      basic('admin', 'wrong'),
      basic('root', ADMIN_TOKEN),
      basic('', ADMIN_TOKEN),
      { authorization: `Basic ${ADMIN_TOKEN}` },
      { authorization: ADMIN_TOKEN },
      { authorization: 'Bearer' },
    ]) {
      const response = await api.fetch(path, { method, headers });
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic .*Bearer /);
      expect((await expectProblem(response, 401)).code).toBe('UNAUTHORIZED');
    }
    for (const headers of [bearer(ADMIN_TOKEN), basic('admin', ADMIN_TOKEN)]) {
      expect((await api.fetch(path, { method, headers })).status).not.toBe(401);
    }
  });

  test('each challenge has its own header line, so that browsers prompt for the token', async () => {
    const [response] = await once(get(`${api.url}/admin/queues`, { agent: false }), 'response');
    response.resume();
    const { rawHeaders } = response as IncomingMessage;
    const lines = rawHeaders.filter((_, i) => rawHeaders[i - 1] === 'WWW-Authenticate');
    expect(lines).toEqual(['Basic realm="pilotlight", charset="UTF-8"', 'Bearer realm="pilotlight"']);
  });

  test('the queue board opens in a browser with the token, and loads nothing from other sites', async () => {
    const headers = basic('admin', ADMIN_TOKEN);
    const page = await api.fetch('/admin/queues', { headers });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('http');
    expect(page.headers.has('x-powered-by')).toBe(false);
    const html = await page.text();
    const script = html.match(/src="(static\/js\/main[^"]+)"/)?.[1];
    expect((await api.fetch(`/admin/queues/${script}`, { headers })).status).toBe(200);
    const { queues } = (await (await api.fetch('/admin/queues/api/queues', { headers })).json()) as {
      queues: { name: string }[];
    };
    expect(queues.map(({ name }) => name).sort()).toEqual(['ingest', 'invalidation', 'maintenance', 'warming']);
  });
});
