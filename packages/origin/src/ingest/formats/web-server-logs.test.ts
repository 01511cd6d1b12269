import { describe, expect, test } from 'vitest';
import { readAll, readOne } from '../testing/read-all.ts';

const DATE = '2024-01-15T10:30:45.000Z';

describe('access logs of proxies', () => {
  test('the path of a target in absolute form is its path', async () => {
    const { record } = await readOne(
      '192.0.2.7 - - [01/Mar/2025:10:00:00 +0000] "GET http://shop.example/lamp?id=1 HTTP/1.1" 200 414 "-" "curl/8"',
    );
    expect(record).toMatchObject({ path: '/lamp?id=1', fields: { url: 'http://shop.example/lamp?id=1' } });
  });

  test('a stray quote before the client is not part of it', async () => {
    const { record } = await readOne(
      '"192.0.2.7 - - [01/Mar/2025:10:00:00 +0000] "GET / HTTP/1.1" 200 414 "-" "curl/8"',
    );
    expect(record).toMatchObject({ source: '192.0.2.7', status: 200 });
  });
});

describe('access logs', () => {
  test('a combined line has client, user, request, status, bytes, referer and user agent', async () => {
    const line =
      '203.0.113.7 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=\\"c\\" HTTP/1.0" 404 2326 "http://x/y" "Mozilla/4.08 [en]"';
    expect(await readOne(line)).toEqual({
      format: 'apache-access',
      record: {
        timestamp: '2000-10-10T20:55:36.000Z',
        level: 'WARN',
        message: line,
        source: '203.0.113.7',
        method: 'GET',
        path: '/a?b=\\"c\\"',
        status: 404,
        fields: {
          user: 'frank',
          bytes: 2326,
          protocol: 'HTTP/1.0',
          referer: 'http://x/y',
          user_agent: 'Mozilla/4.08 [en]',
        },
      },
    });
  });

  test.each([
    ['::1 - - [10/Oct/2000:13:55:36 +0000] "-" 408 -', { source: '::1', status: 408, level: 'WARN', fields: {} }],
    [
      'a.example:443 10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "POST / HTTP/2" 503 0',
      { source: '10.0.0.1', level: 'ERROR', method: 'POST' },
    ],
    ['10.0.0.1 - John Doe [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1', { source: '10.0.0.1', level: 'INFO' }],
    ['10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "curl" 0.123', { responseTimeMs: 123 }],
    [
      '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "\\x16\\x03\\x01" 400 226',
      { status: 400, fields: { bytes: 226, request: '\\x16\\x03\\x01' } },
    ],
  ])('%s', async (line, expected) => {
    const { format, record } = await readOne(line);
    expect(format).toBe('apache-access');
    expect(record).toMatchObject(expected);
  });

  test('a line with an impossible day or status is kept raw', async () => {
    for (const line of [
      '10.0.0.1 - - [31/Feb/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1',
      '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 999 1',
    ]) {
      expect((await readAll(line)).summary).toMatchObject({ format: 'text', unparsed: 1 });
    }
  });
});

describe('error logs of web servers', () => {
  test.each([
    [
      '[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok',
      'apache-error',
      { timestamp: '2005-12-04T04:47:44.000Z', level: 'NOTICE', message: 'workerEnv.init() ok' },
    ],
    [
      '[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:80] File does not exist: /favicon.ico',
      'apache-error',
      {
        timestamp: '2000-10-11T14:32:52.123Z',
        level: 'ERROR',
        service: 'core',
        source: '72.15.99.187',
        message: 'File does not exist: /favicon.ico',
        fields: { pid: 35708, thread: '4328636416' },
      },
    ],
    ['[Sun Dec 04 04:47:44 2005] [emerg] [client ::1] gone', 'apache-error', { level: 'FATAL', source: '::1' }],
    [
      '2024/01/15 10:30:45 [warn] 12#34: *56 upstream timed out, client: 1.2.3.4, server: a.example, request: "GET /x HTTP/1.1", upstream: "http://b/", host: "a.example"',
      'nginx-error',
      {
        timestamp: DATE,
        level: 'WARN',
        source: '1.2.3.4',
        method: 'GET',
        path: '/x',
        fields: {
          pid: 12,
          thread: '34',
          connection: '56',
          server: 'a.example',
          host: 'a.example',
          upstream: 'http://b/',
        },
      },
    ],
  ])('%s', async (line, format, expected) => {
    const found = await readOne(line);
    expect(found.format).toBe(format);
    expect(found.record).toMatchObject(expected);
  });
});
