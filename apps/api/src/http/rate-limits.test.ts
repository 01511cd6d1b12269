import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const [ONE, OTHER, THIRD] = ['first-token-of-the-api', 'second-token-of-the-api', 'third-token-of-the-api'] as const;
const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('with limits of each token', () => {
  let api: TestApi;
  beforeAll(async () => {
    const apiTokens = [ONE, OTHER, THIRD];
    api = await startTestApi({ apiTokens, rateLimits: { token: 3, address: null }, tokenUploadsAtATime: 1 });
  });
  afterAll(() => api.stop());

  test('beyond the limit a hit and a 304 get 429 with the fields; another token is served', async () => {
    const first = await api.fetch('/api/stats', as(ONE));
    expect(first.headers.get('ratelimit-policy')).toBe('"token";q=3;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"token";r=2;t=\d+$/);
    const hit = await api.fetch('/api/stats', as(ONE));
    expect(hit.headers.get('cache-status')).toContain('hit');
    expect(hit.headers.get('ratelimit')).toContain('"token";r=1;');
    const etag = first.headers.get('etag') ?? '';
    const ifChanged = { ...as(ONE).headers, 'if-none-match': etag, 'cache-control': 'max-age=0' };
    const known = () => api.fetch('/api/stats', { headers: ifChanged });
    expect((await known()).status).toBe(304);
    for (const refused of [await known(), await api.fetch('/api/stats', as(ONE))]) {
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('ratelimit')).toMatch(/^"token";r=0;t=\d+$/);
      expect((await expectProblem(refused, 429)).code).toBe('RATE_LIMITED');
    }
    expect((await api.fetch('/api/stats', as(OTHER))).status).toBe(200);
  });

  test('a token with its limit of uploads in progress gets 429; another one may upload', async () => {
    const socket = await api.raw(
      `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${THIRD}\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900\r\n\r\n`,
    );
    onTestFinished(() => void socket.destroy());
    // The api asks for the body, so the upload is in progress.
    expect(String((await socket.iterator({ destroyOnReturn: false }).next()).value)).toMatch(/^HTTP\/1\.1 100 /);
    const refused = await api.upload('x', 'a.log', as(THIRD).headers);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await expectProblem(refused, 429)).code).toBe('TOO_MANY_UPLOADS');
    // Lines count with uploads.
    for (const path of ['/api/ingest', '/v1/logs'])
      expect(
        (
          await api.fetch(path, {
            method: 'POST',
            body: '{}',
            headers: { ...as(THIRD).headers, 'content-type': 'application/json' },
          })
        ).status,
      ).toBe(429);
    expect((await api.upload('x', 'a.log', as(OTHER).headers)).status).toBe(202);
  });
});

describe('with a limit of each address', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ apiTokens: [ONE], rateLimits: { token: null, address: 2 } });
  });
  afterAll(() => api.stop());

  test('guesses at a token are limited, whatever address X-Forwarded-For claims', async () => {
    for (const [i, status] of [401, 401, 429, 429].entries()) {
      const headers = { ...as(`guess-number-${i}`).headers, 'x-forwarded-for': `203.0.113.${i}` };
      await expectProblem(await api.fetch('/api/stats', { headers }), status);
    }
    expect((await api.fetch('/healthz')).status).toBe(200);
  });
});
