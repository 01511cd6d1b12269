import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AnsweredWays } from '../testing/answered-ways.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

/** The ports of both ways. Requests that count in a rate limit go to Express. */
const ports = { 'fast path': 0, Express: 0 };
const apis: TestApi[] = [];
const answeredWays = new AnsweredWays();

beforeAll(async () => {
  const fast = await startTestApi({}, answeredWays);
  apis.push(fast);
  const limited = await startTestApi({ rateLimits: { token: null, address: 1_000_000 } }, answeredWays);
  apis.push(limited);
  for (const api of apis) await api.uploadIndexed('2026-03-01 10:00:00 INFO pay: one line\n');
  ports['fast path'] = Number(new URL(fast.url).port);
  ports.Express = Number(new URL(limited.url).port);
});
afterAll(async () => {
  for (const api of apis) await api.stop();
});

interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends requests as they are written here, each on a new connection. */
async function send(port: number, target: string, headers: readonly string[] = [], body = ''): Promise<RawAnswer> {
  const host = headers.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost'];
  const lines = [`GET ${target} HTTP/1.1`, ...host, 'Connection: close', ...headers, '', body];
  const socket = connect(port, '127.0.0.1');
  // Not `end`: the server ends a connection whose client has ended its side.
  socket.write(lines.join('\r\n'));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Map(
      fields.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    ),
    body: rest.join('\r\n\r\n'),
  };
}

const WAYS = ['fast path', 'Express'] as const;
const TARGET = '/api/stats?service=pay';

/** Headers that some servers, proxies or frameworks let change an answer. */
const KNOWN = [
  ...[
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: gopher',
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: host=evil',
  ],
  ...[
    'X-Original-URL: /api/files',
    'X-Rewrite-URL: /api/files',
    'X-HTTP-Method-Override: DELETE',
    'X-Method-Override: PUT',
  ],
  ...['Cookie: service=cart; level=ERROR; session=1', 'Accept-Language: de', 'Accept: text/html', 'User-Agent: x'],
  ...['Range: bytes=0-3', 'If-Range: "x"', 'If-Match: "x"', 'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT'],
  ...[
    'Cache-Control: max-age=0',
    'Cache-Control: no-store',
    'Pragma: no-cache',
    'Surrogate-Control: max-age=9',
    'Via: 1.1 x',
  ],
  ...['TE: trailers', 'Upgrade-Insecure-Requests: 1', 'X-Cache-Key: evil', 'Origin: https://evil.example', 'DNT: 1'],
  ...[
    'Content-Type: application/json',
    'X-Forwarded-Prefix: /evil',
    'X-Host: evil',
    'Front-End-Https: on',
    'Referer: /x',
  ],
];

describe.each(WAYS)('by the %s', (way) => {
  test('no header outside the key changes a cached answer, of 1,000 names', async () => {
    await send(ports[way], TARGET);
    const expected = await send(ports[way], TARGET);
    expect(expected.status).toBe(200);
    // The answers of Express to a request that counts in a rate limit say so.
    expect(expected.headers.has('ratelimit')).toBe(way === 'Express');
    const id = expected.headers.get('x-request-id') ?? '';
    await expect.poll(() => answeredWays.of(id)).toBe(way === 'Express' ? 'express' : 'fast');
    const names = Array.from(
      { length: 1_000 },
      (_, n) => `X-Unkeyed-${n.toString(36)}: ${'%0d%0a<script>'.slice(n % 12)}`,
    );
    const groups = [
      ...KNOWN.map((line) => [line]),
      ...Array.from({ length: 20 }, (_, n) => names.slice(50 * n, 50 * (n + 1))),
    ];
    for (const group of groups) {
      const answer = await send(ports[way], TARGET, group);
      expect({ group, status: answer.status, body: answer.body }).toEqual({ group, status: 200, body: expected.body });
      expect(answer.headers.get('etag')).toBe(expected.headers.get('etag'));
      expect(answer.headers.get('cache-status')).toMatch(/^pilotlight; hit/);
    }
  });

  test('a body on GET changes nothing', async () => {
    const expected = await send(ports[way], TARGET);
    for (const body of ['{"service":"cart"}', 'x'.repeat(10_000)]) {
      const answer = await send(
        ports[way],
        TARGET,
        [`Content-Length: ${body.length}`, 'Content-Type: application/json'],
        body,
      );
      expect([answer.status, answer.body]).toEqual([200, expected.body]);
    }
  });

  test('another Host is refused, and none shows in an answer', async () => {
    await send(ports[way], TARGET);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'localhost@evil.example',
      '127.0.0.1.evil.example:80',
    ]) {
      const answer = await send(ports[way], TARGET, [`Host: ${host}`]);
      expect([host, answer.status]).toEqual([host, answer.status === 400 ? 400 : 421]);
    }
    const after = await send(ports[way], TARGET);
    expect(after.body + [...after.headers.values()].join()).not.toContain('evil');
  });

  test('a parameter that is repeated, encoded or unknown is the same input or refused, never another answer', async () => {
    const expected = await send(ports[way], TARGET);
    for (const same of [
      '/api/stats?service=%70ay',
      '/api/stats?%73ervice=pay',
      '/api/stats?service=pay&',
      '/api/stats?&service=pay',
    ])
      expect([same, (await send(ports[way], same)).body]).toEqual([same, expected.body]);
    for (const wrong of [
      ...['service=pay&service=cart', 'service=pay&x=1', 'service[]=pay', 'SERVICE=pay', 'service=pay;service=cart'],
      ...['__proto__=1', 'constructor=1', 'service=%ff', 'service=%', 'service=pay%00'],
    ]) {
      const answer = await send(ports[way], `/api/stats?${wrong}`);
      if (wrong === 'service=pay;service=cart') expect(JSON.parse(answer.body).stats.total_logs).toBe(0);
      else expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
  });

  test('no path that looks like a static file or hides its end is answered with data', async () => {
    await send(ports[way], '/api/stats');
    for (const path of [
      ...[
        '/api/stats/x.css',
        '/api/stats.css',
        '/api/stats/.css',
        '/api/stats;x.css',
        '/api/stats;/x.css',
        '/api/stats%3b.css',
      ],
      ...[
        '/api/stats%2fx.css',
        '/api/stats%2f..%2fx.css',
        '/api/stats%00.css',
        '/api/stats%0a.css',
        '/api/stats%23.css',
      ],
      ...[
        '/api/stats%3fx.css',
        '//api/stats',
        '/api//stats',
        '/api/./stats',
        '/api/x/../stats',
        '/static/..%2fapi/stats',
      ],
      ...[
        '/x.css/../api/stats',
        '/api/stats/..',
        '/api/stats\\x.css',
        '/%61pi/stats/x.js',
        '/api/files/x.png',
        '/api/stats/%2e',
      ],
    ]) {
      const answer = await send(ports[way], path);
      expect([path, answer.status]).toEqual([path, expect.toBeOneOf([400, 404])]);
      expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store']);
    }
  });

  test('a path in another case or with a slash at its end is the same answer, which no cache may serve unasked', async () => {
    const expected = await send(ports[way], '/api/stats');
    for (const path of ['/API/stats', '/api/STATS', '/api/stats/', '/%61pi/stats']) {
      const answer = await send(ports[way], path);
      expect([path, answer.status]).toEqual([path, expect.toBeOneOf([200, 404])]);
      if (answer.status === 200) {
        expect(answer.body).toBe(expected.body);
        expect(answer.headers.get('cache-control')).toBe('no-cache');
      }
    }
  });
});
