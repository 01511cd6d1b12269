import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, rawAnswers } from '../testing/raw-answers.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const WAYS = ['fast path', 'Express'] as const;
/** Requests that count in a rate limit go to Express. */
const apis = {} as Record<(typeof WAYS)[number], TestApi>;
beforeAll(async () => {
  apis['fast path'] = await startTestApi();
  apis.Express = await startTestApi({ rateLimits: { token: null, address: 1_000_000 } });
  // The second answer is a hit, so the fast path may answer the ones after it.
  for (const { url } of Object.values(apis))
    for (const request of [HIT, SEARCH_HIT, HIT, SEARCH_HIT]) await rawAnswers(url, request);
});
afterAll(async () => {
  for (const api of Object.values(apis)) await api.stop();
});

const lines = (...parts: string[]): string => parts.join('\r\n');
const CLOSE = lines('Host: localhost', 'Connection: close');
const get = (target: string, ...headers: string[]): string =>
  lines(`GET ${target} HTTP/1.1`, CLOSE, ...headers, '', '');
const post = (target: string, body: string, ...headers: string[]): string =>
  lines(`POST ${target} HTTP/1.1`, CLOSE, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body);
const chunked = (target: string, chunks: string, ...headers: string[]): string =>
  lines(`POST ${target} HTTP/1.1`, CLOSE, ...headers, 'Transfer-Encoding: chunked', '', chunks);
const chunk = (text: string): string => lines(Buffer.byteLength(text).toString(16), text, '');
const LAST_CHUNK = '0\r\n\r\n';

const HIT = get('/api/stats');
const SEARCH_HIT = post('/api/search', '{}');

const PART = 'Content-Disposition: form-data; name="file"; filename="app.log"';
const LINE = '2026-03-01 10:00:00 INFO pay: paid';
const form = (part = PART, content = LINE, end = '\r\n'): string =>
  ['--edge', part, '', content, '--edge--', ''].join(end);
const FORM = 'Content-Type: multipart/form-data; boundary=edge';
const upload = (body = form(), type = FORM): string => post('/api/upload', body, type);

/** Each request is sent in both ways; several statuses mean several answers on the connection. */
const READS: readonly [string, string, number | readonly number[]][] = [
  ['a target with a host', lines('GET http://localhost/api/stats HTTP/1.1', CLOSE, '', ''), 200],
  ['a target with another host', lines('GET http://evil.example/api/stats HTTP/1.1', CLOSE, '', ''), 421],
  ['HTTP/1.1 without Host', lines('GET /api/stats HTTP/1.1', 'Connection: close', '', ''), 400],
  ['HTTP/1.0 without Host', lines('GET /api/stats HTTP/1.0', '', ''), 200],
  ['an unknown version', lines('GET /api/stats HTTP/7.3', CLOSE, '', ''), 400],
  ['a body on GET', `${get('/api/stats', 'Content-Length: 2')}{}`, 200],
  ['a chunked body on DELETE', chunked('/api/files/x', chunk('{}') + LAST_CHUNK).replace('POST', 'DELETE'), 404],
  ['a header line that is folded', get('/api/stats', 'X-Long: one', ' two'), 400],
  ['a space before a colon', get('/api/stats', 'X-Long : one'), 400],
  ['a NUL in a header', get('/api/stats', 'X-Long: o\0ne'), 400],
  ['headers beyond 16 KiB', get('/api/stats', `X-Long: ${'y'.repeat(17_000)}`), 431],
  ['a query of 8 kB', get(`/api/stats?service=${'y'.repeat(8_000)}`), 400],
  ['more than 1,000 parameters', get(`/api/stats?${'a&'.repeat(1_001)}`), 400],
  ['two requests at once', lines('GET /api/stats HTTP/1.1', 'Host: localhost', '', '') + get('/api/files'), [200, 200]],
  ['an upgrade to HTTP/2', get('/api/stats', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'), 200],
  ['a tunnel', lines('CONNECT db:5432 HTTP/1.1', 'Host: localhost', '', ''), 400],
  ['OPTIONS for the server', lines('OPTIONS * HTTP/1.1', CLOSE, '', ''), 404],
  ['a target that is neither path nor URL', lines('GET api/stats HTTP/1.1', CLOSE, '', ''), 400],
  ['an unknown method', lines('BREW /api/stats HTTP/1.1', CLOSE, '', ''), 400],
];

const BODIES: readonly [string, string, number | readonly number[]][] = [
  ['a length and chunks', chunked('/api/search', chunk('{}') + LAST_CHUNK, 'Content-Length: 2'), 400],
  ['two lengths', post('/api/search', '{}', 'Content-Length: 3'), 400],
  ['a negative length', post('/api/search', '').replace('Content-Length: 0', 'Content-Length: -1'), 400],
  ['a list of codings', chunked('/api/search', '').replace('chunked', 'chunked, identity'), 400],
  ['a chunk without a size', chunked('/api/search', 'zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk that is longer than its size', chunked('/api/search', '1\r\n{}\r\n0\r\n\r\n'), 400],
  ['chunks', chunked('/api/search', chunk('{') + chunk('}') + LAST_CHUNK), 200],
  ['an expectation that the server has', post('/api/search', '{}', 'Expect: 100-continue'), [100, 200]],
  ['another expectation', post('/api/search', '{}', 'Expect: tea'), 417],
  ['two expectations', post('/api/search', '{}', 'Expect: 100-continue, tea'), 417],
  ['an expectation and a wrong body', post('/api/upload', '{}', 'Expect: 100-continue'), 415],
];

const UPLOADS: readonly [string, string, number][] = [
  ['a chunked upload', chunked('/api/upload', chunk(form()) + LAST_CHUNK, FORM), 202],
  ['a boundary in quotes', upload(form(), FORM.replace('edge', '"edge"')), 202],
  ['a parameter after the boundary', upload(form(), `${FORM}; charset=utf-8`), 202],
  ['the media type in capitals', upload(form(), 'Content-Type: Multipart/Form-Data; Boundary=edge'), 202],
  ['no boundary', upload(form(), 'Content-Type: multipart/form-data'), 400],
  ['text before and after the form', upload(`before\r\n${form()}after`), 202],
  ['a part without a name', upload(form(PART.replace(' name="file";', ''))), 400],
  ['the header of a part in capitals', upload(form(PART.replace('Content-Disposition', 'CONTENT-DISPOSITION'))), 202],
  ['a file declared as binary', upload(form(lines(PART, 'Content-Transfer-Encoding: Binary'))), 202],
  ['a file in base64', upload(form(lines(PART, 'Content-Transfer-Encoding: base64'), 'MjAyNg==')), 415],
  ['a form that ends early', upload(form().slice(0, -12)), 400],
];

function expectAnswers(answers: readonly RawAnswer[], expected: number | readonly number[]): void {
  expect(answers.map(({ status }) => status)).toEqual([expected].flat());
  for (const { status, headers, body } of answers.filter((answer) => answer.status >= 400)) {
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(headers.get('x-request-id')).toMatch(/./);
    expect(JSON.parse(body)).toMatchObject({ status, request_id: headers.get('x-request-id') });
  }
}

describe.each(WAYS)('by the %s', (way) => {
  test.each([...READS, ...BODIES, ...UPLOADS])('given %s', async (_, request, expected) => {
    expectAnswers(await rawAnswers(apis[way].url, request), expected);
  });

  test('a request is answered although rubbish follows it', async () => {
    const request = lines('GET /api/stats HTTP/1.1', 'Host: localhost', '', 'rubbish', '', '');
    const [first, ...others] = await rawAnswers(apis[way].url, request);
    expect(first?.status).toBe(200);
    // An error that comes before the first answer is sent only closes the connection after it.
    for (const other of others) expectAnswers([other], 400);
  });

  test('an upload in pieces of four bytes is stored', async () => {
    const pieces = upload().match(/[\s\S]{1,4}/g) ?? [];
    expectAnswers(await rawAnswers(apis[way].url, ...pieces), 202);
  });

  test('a body beyond the limit is refused before it is sent', async () => {
    const begun = post('/api/search', '').replace('Content-Length: 0', 'Content-Length: 99999999');
    expectAnswers(await rawAnswers(apis[way].url, `${begun}{"q":`), 413);
  });

  test('a chunked body is refused once it exceeds the limit, although more is announced', async () => {
    const begun = chunked('/api/search', chunk(' '.repeat(1_048_576)) + lines('ffff', 'x'));
    expectAnswers(await rawAnswers(apis[way].url, begun), 413);
  });
});
