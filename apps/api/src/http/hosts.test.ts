import { readConfig } from '@pilotlight/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const URLS = { DATABASE_URL: 'postgres://x', REDIS_CACHE_URL: 'redis://x', REDIS_QUEUE_URL: 'redis://x' };
const allowedHosts = (text: string) => readConfig({ ...URLS, ALLOWED_HOSTS: text }).allowedHosts;

/** Sends a raw request. Returns its status, and the code and detail of a problem. */
async function ask(api: TestApi, head: string) {
  const socket = await api.raw(`${head}\r\nConnection: close\r\n\r\n`);
  const text = Buffer.concat(await socket.toArray()).toString();
  const [, body = ''] = text.split('\r\n\r\n');
  expect(body, text).toMatch(/^\{/);
  const { code, detail } = JSON.parse(body) as { code?: string; detail?: string };
  return { status: Number(text.match(/^HTTP\/1\.1 (\d+)/)?.[1]), code, detail };
}
const get = (api: TestApi, host: string, target = '/api/stats') => ask(api, `GET ${target} HTTP/1.1\r\nHost: ${host}`);
const search = (api: TestApi, headers: string) =>
  ask(api, `POST /api/search HTTP/1.1\r\n${headers}\r\nContent-Length: 0`);

describe('given an open api', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ allowedHosts: allowedHosts('logs.example.com, https://secure.example.com') });
  });
  afterAll(() => api.stop());

  const OWN = [
    'localhost',
    'localhost:',
    'LocalHost:5000',
    'localhost.',
    '127.0.0.1:1',
    '127.0.0.2',
    '[::1]:5000',
    '[0:0::1]',
  ];
  test.for([...OWN, 'logs.example.com', 'LOGS.example.com.:8080', 'secure.example.com'])(
    'Host %s is served',
    async (host) => {
      expect(await get(api, host)).toMatchObject({ status: 200 });
    },
  );

  const OTHERS = [
    'evil.example',
    'localhost.evil.example',
    'x.logs.example.com',
    '10.0.0.1',
    '[::ffff:127.0.0.1]',
    '',
    'a@localhost',
  ];
  test.for(OTHERS)('Host "%s" is refused for reads, uploads and deletes, with what to set', async (host) => {
    for (const request of [
      'GET /api/stats',
      'POST /api/upload',
      'DELETE /api/files/x',
      'GET /admin/queues',
      'GET /nope',
    ]) {
      const answer = await ask(api, `${request} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0`);
      expect(answer).toMatchObject({
        status: 421,
        code: 'HOST_NOT_ALLOWED',
        detail: expect.stringMatching(/ALLOWED_HOSTS/),
      });
    }
  });

  test('health is served under any Host, because load balancers use addresses', async () => {
    expect(await get(api, '10.0.0.1:5000', '/healthz')).toMatchObject({ status: 200 });
    expect(await get(api, '10.0.0.1:5000', '/readyz')).toMatchObject({ status: 200 });
  });

  test('a request without Host, which no browser sends, is served', async () => {
    expect(await ask(api, 'GET /api/stats HTTP/1.0')).toMatchObject({ status: 200 });
  });

  test('two Host headers are refused, even if the first is right', async () => {
    expect(await ask(api, 'GET /api/stats HTTP/1.1\r\nHost: localhost\r\nHOST: evil.example')).toMatchObject({
      status: 400,
      code: 'MALFORMED_REQUEST',
    });
  });

  test('the host of an absolute target is checked as well as Host', async () => {
    expect(await get(api, 'localhost', 'http://localhost/api/stats')).toMatchObject({ status: 200 });
    expect(await get(api, 'localhost', 'http://evil.example/api/stats')).toMatchObject({ status: 421 });
    expect(await get(api, 'evil.example', 'http://localhost/api/stats')).toMatchObject({ status: 421 });
    expect(await get(api, 'localhost', 'http://evil@localhost/api/stats')).toMatchObject({ status: 421 });
  });

  test.for(['http://[bad/api/stats', 'http://localhost:99999/', 'ftp://localhost/', 'api/stats'])(
    'the target %s is refused with a problem document',
    async (target) => {
      expect(await get(api, 'localhost', target)).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
    },
  );

  const accepted = [
    'Host: localhost:5000\r\nOrigin: http://localhost:5000',
    'Host: localhost:80\r\nOrigin: http://localhost',
    'Host: localhost:443\r\nOrigin: https://localhost',
    'Host: localhost\r\nX-Forwarded-Proto: https\r\nOrigin: https://localhost',
    'Host: localhost:5000\r\nOrigin: http://logs.example.com',
    'Host: localhost:5000\r\nOrigin: https://logs.example.com',
    'Host: localhost:5000\r\nOrigin: https://secure.example.com',
    'Host: localhost:5000\r\nOrigin: https://other.example\r\nSec-Fetch-Site: same-origin',
  ];
  test.for(accepted)('a change with %j is of this origin', async (headers) => {
    expect(await search(api, headers)).toMatchObject({ status: 200 });
  });

  const refused = [
    'Host: localhost:5000\r\nOrigin: https://localhost:5000',
    'Host: localhost:5000\r\nOrigin: http://localhost:5001',
    'Host: localhost\r\nX-Forwarded-Proto: https\r\nOrigin: http://localhost',
    'Host: localhost:5000\r\nOrigin: http://secure.example.com',
    'Host: localhost:5000\r\nOrigin: http://logs.example.com:8080',
    'Host: localhost:5000\r\nOrigin: null',
    'Host: localhost:5000\r\nOrigin: http://localhost:5000\r\nSec-Fetch-Site: same-site',
  ];
  test.for(refused)('a change with %j is refused, with what to set behind a proxy', async (headers) => {
    expect(await search(api, headers)).toMatchObject({
      status: 403,
      code: 'CROSS_SITE',
      detail: expect.stringMatching(/behind a proxy.*Host.*X-Forwarded-Proto.*ALLOWED_HOSTS/),
    });
  });
});

describe('given API tokens', () => {
  const apiTokens = ['a-token-of-the-api'];
  const stats = (host: string) => `GET /api/stats HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${apiTokens[0]}`;

  test.for([
    [null, 200],
    [allowedHosts('logs.example.com'), 421],
  ] as const)('any Host is served, unless ALLOWED_HOSTS names some (%o)', async ([hosts, status]) => {
    const api = await startTestApi({ apiTokens, allowedHosts: hosts });
    expect(await ask(api, stats('any.example'))).toMatchObject({ status });
    expect(await ask(api, stats('logs.example.com'))).toMatchObject({ status: 200 });
    await api.stop();
  });
});
