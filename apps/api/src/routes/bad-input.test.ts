import { everyRoute } from '@pilotlight/contracts/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { asAdmin, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const manyTerms = Array.from({ length: 65 }, (_, i) => `-t${i}`).join(' ');
const get = (path: string) => () => api.fetch(path);
const search =
  (body: unknown, path = '/api/search') =>
  () =>
    api.postJson(path, body);
const send =
  (body: string, type?: string, path = '/api/search') =>
  () =>
    api.fetch(path, { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } });
const invalidate = (body: unknown) => () => api.postJson('/api/cache/invalidate', body, asAdmin);
const warm = (body: unknown) => () => api.postJson('/api/cache/warm', body, asAdmin);

test.for(everyRoute().filter(({ path }) => path.startsWith('/api/')))(
  'an unknown query parameter is refused by $method $path',
  async ({ method, path, body }) => {
    const withBody = body?.type === 'application/json' && {
      headers: { ...asAdmin, 'content-type': 'application/json' },
      body: '{}',
    };
    const response = await api.fetch(`${path.replace(/:\w+/, 'a')}?foo=1`, { method, headers: asAdmin, ...withBody });
    const { code, errors } = await expectProblem(response, 400);
    expect(code).toBe('INVALID_INPUT');
    expect(errors?.map(({ field }) => field)).toContain('foo');
  },
);

describe('an invalid field is answered with 400, its name, the expected and the actual value', () => {
  const rows: [string, () => Promise<Response>, string, RegExp][] = [
    ['an unknown query parameter', get('/api/stats?foo=1'), 'foo', /expected one of from, to, level/],
    ['a query parameter named __proto__', get('/api/stats?__proto__=1'), '__proto__', /expected one of/],
    [
      'a repeated query parameter',
      get('/api/stats?service=a&service=b'),
      'service',
      /expected a string, got \["a","b"\]/,
    ],
    ['a date that is none', get('/api/stats?from=yesterday'), 'from', /expected a date .*, got "yesterday"/],
    ['an empty date', get('/api/stats?from='), 'from', /expected a date .*, got ""/],
    ['the 30th of February', get('/api/stats?from=2024-02-30'), 'from', /expected a date/],
    ['a year before all years', get('/api/stats?from=0000-01-01'), 'from', /expected a year from 0001 to 9999/],
    ['NUL', get('/api/stats?service=%00'), 'service', /expected text without NUL/],
    ['half a surrogate pair', search({ q: '\ud800' }), 'q', /halves of surrogate pairs, got "\\ud800"/],
    ['from after to', get('/api/stats?from=2024-02-02&to=2024-02-01'), 'from', /expected an instant not after "to"/],
    [
      'a cache parameter that says nothing',
      get('/api/stats?cache=maybe'),
      'cache',
      /expected true or false, got "maybe"/,
    ],
    ['a repeated cache parameter', get('/api/stats?cache=false&cache=false'), 'cache', /expected true or false/],
    ['a limit that is not a number', get('/api/files?limit=many'), 'limit', /expected a number, got "many"/],
    ['a limit of nothing', get('/api/files?limit=0'), 'limit', /expected at least 1, got "0"/],
    ['a limit too high', get('/api/files?limit=1001'), 'limit', /expected at most 1000, got "1001"/],
    ['a limit with a fraction', get('/api/files?limit=1.5'), 'limit', /expected a whole number, got "1.5"/],
    [
      'a cursor that the api never returned',
      get('/api/files?cursor=made-up'),
      'cursor',
      /expected the "next" of an earlier page/,
    ],
    ['an unknown field', search({ query: 'x' }), 'query', /expected one of q, level/],
    ['a number for text', search({ q: 7 }), 'q', /expected a string, got 7/],
    ['text for a number', search({ page: '2' }), 'page', /expected a number, got "2"/],
    ['null', search({ q: null }), 'q', /expected a string, got null/],
    ['a text too long', search({ q: 'x'.repeat(1_001) }), 'q', /expected at most 1000 characters, got 1001 characters/],
    ['too many search terms', search({ q: manyTerms }), 'q', /at most 64 different terms, got 65/],
    ['a query without a word', search({ q: '***' }), 'q', /expected a word .*, got "\*\*\*" at position 0/],
    [
      'an operator without a term',
      search({ q: 'a AND' }),
      'q',
      /expected a term after AND, got the end .* at position 5/,
    ],
    ['a level that is none in a query', search({ q: 'x level:loud' }), 'q', /one of TRACE, .*"loud" at position 8/],
    ['an unknown level', search({ level: 'LOUD' }), 'level', /expected .*WARN.*, got "LOUD"/],
    ['an unknown time zone', get('/api/stats?tz=Mars/Olympus'), 'tz', /expected a time zone .*, got "Mars\/Olympus"/],
    ['a repeated time zone', get('/api/stats?tz=UTC&tz=UTC'), 'tz', /expected a string, got \["UTC","UTC"\]/],
    ['an unknown interval', get('/api/stats?interval=2h'), 'interval', /expected one of 1s, 5s, .*, got "2h"/],
    ['an unknown level of stats', get('/api/stats?level=ERROR&level=LOUD'), 'level', /expected one of TRACE/],
    ['a file id of stats that is none', get('/api/stats?file_id=x'), 'file_id', /expected a uuid, got "x"/],
    ['an unknown level among others', search({ level: ['WARN', 'LOUD'] }), 'level', /expected .*WARN/],
    ['a file id that is none', search({ file_id: 'x' }), 'file_id', /expected a uuid, got "x"/],
    ['an unknown order', search({ sort: 'best' }), 'sort', /expected one of newest, oldest, line, got "best"/],
    ['a page size too large', search({ page_size: 1_001 }), 'page_size', /expected at most 1000, got 1001/],
    ['too much context', search({ context: 21, page_size: 1 }), 'context', /expected at most 20, got 21/],
    ['context of a large page', search({ context: 20, page_size: 51 }), 'context', /of at most 1000, got 1020/],
    ['a page too deep', search({ page: 101, page_size: 100 }), 'page', /at most 10000, got 10100/],
    ['from after to in a search', search({ from: '2024-02-02', to: '2024-02-01' }), 'from', /not after "to"/],
    ['search fields in the query', search({}, '/api/search?q=error'), 'q', /expected no fields/],
    ['an array for a body', search(['error']), 'body', /expected a JSON object, got an array/],
    ['null for a body', search(null), 'body', /expected a JSON object, got null/],
    ['text for a body', search('error'), 'body', /expected a JSON object, got "error"/],
    ['an invalidation of nothing', invalidate({}), 'prefix', /exactly one of prefix, tag, key and scope, got 0/],
    ['an invalidation of two things', invalidate({ prefix: 'files', tag: 'x' }), 'prefix', /exactly one.*got 2/],
    ['half a pattern', invalidate({ prefix: 'fi*' }), 'prefix', /expected a prefix like "files".*got "fi\*"/],
    ['a warming of nothing', warm({}), 'prefix', /exactly one of prefix and key, got 0/],
    ['a warming of two things', warm({ prefix: 'files', key: 'files:x' }), 'prefix', /exactly one.*got 2/],
    [
      'a warming of an unknown prefix',
      warm({ prefix: 'nope' }),
      'prefix',
      /expected one of stats, search, files.*got "nope"/,
    ],
    ['a warming of half a pattern', warm({ prefix: 'fi*' }), 'prefix', /expected a prefix like "files"/],
    ['a warming of a key that is none', warm({ key: 'a\u0001' }), 'key', /control characters|expected/],
    ['a warming with more', warm({ prefix: 'files', dry_run: true }), 'dry_run', /expected one of prefix, key/],
    ['an unknown mode', invalidate({ prefix: 'files', mode: 'nuke' }), 'mode', /expected one of invalidate, expire/],
  ];
  test.for(rows)('%s', async ([, ask, field, detail]) => {
    const problem = await expectProblem(await ask(), 400);
    expect(problem.code).toBe('INVALID_INPUT');
    expect(problem.errors).toMatchObject([{ field, detail: expect.stringMatching(detail) }]);
    expect(problem.detail).toContain(field);
  });
});

test('every bad field is named, not only the first', async () => {
  const problem = await expectProblem(await search({ q: 1, page: 0, foo: 1, bar: 2 })(), 400);
  expect(problem.errors?.map(({ field }) => field).sort()).toEqual(['bar', 'foo', 'page', 'q']);
});

test('given 80,000 unknown fields, 20 are named and the others counted', async () => {
  const fields = Array.from({ length: 80_000 }, (_, i) => [`f${i}`, 0]);
  const response = await search(Object.fromEntries(fields))();
  expect(Number((await response.clone().text()).length)).toBeLessThan(20_000);
  const problem = await expectProblem(response, 400);
  expect(problem.errors).toHaveLength(20);
  expect(problem.detail).toMatch(/; and 79980 more$/);
});

test('given an unknown field with a name of a megabyte, the answer is small', async () => {
  const response = await search({ ['\u0001'.repeat(170_000)]: 1 })();
  expect((await response.text()).length).toBeLessThan(5_000);
});

describe('an invalid query string is refused', () => {
  const many = (count: number) => Array.from({ length: count }, () => 'service=a').join('&');
  const rows: [string, string, string, RegExp][] = [
    ['over 1,000 parameters', `${many(1_000)}&from=2030-01-01`, 'query', /at most 1000 parameters, got 1001/],
    ['a lone %', 'service=%', 'service', /expected UTF-8 in percent-encoding, got "%"/],
    ['Latin-1', 'service=caf%E9', 'service', /expected UTF-8 .*got "caf%E9"/],
    ['half a character', 'service=%E0%A4', 'service', /expected UTF-8/],
    ['a name of no encoding', '%ff=1', '%ff', /expected UTF-8/],
  ];
  test.for(rows)('%s', async ([, query, field, detail]) => {
    const problem = await expectProblem(await api.fetch(`/api/stats?${query}`), 400);
    expect(problem.errors).toMatchObject([{ field, detail: expect.stringMatching(detail) }]);
  });

  test('a parameter after 1,000 empty ones is read', async () => {
    const problem = await expectProblem(await api.fetch(`/api/stats?${'&'.repeat(1_000)}from=never`), 400);
    expect(problem.errors?.map(({ field }) => field)).toEqual(['from']);
  });
});

describe('a body that the route cannot read is answered with the reason', () => {
  const rows: [string, () => Promise<Response>, number, RegExp][] = [
    ['broken JSON', send('{"q": ', 'application/json'), 400, /expected a JSON object as body/],
    ['a real form', send('q=error', 'application/x-www-form-urlencoded'), 400, /expected a JSON object as body/],
    ['multipart', send('x', 'multipart/form-data; boundary=x'), 415, /expected application\/json, got "multipart/],
    ['XML', send('<q/>', 'application/xml'), 415, /expected application\/json/],
    ['an unknown charset', send('{}', 'application/json; charset=klingon'), 415, /charset/],
    ['over a megabyte', send(`{"q": "${'x'.repeat(1_048_600)}"}`, 'application/json'), 413, /at most 1048576 bytes/],
  ];
  test.for(rows)('%s', async ([, ask, status, detail]) => {
    expect((await expectProblem(await ask(), status)).detail).toMatch(detail);
  });
});

describe('an unknown path or method is answered as such', () => {
  test.for(['/api/files/%ff', '/api/cache/entries/%E0%A4%A'])('the path %s is not UTF-8', async (path) => {
    const problem = await expectProblem(await api.fetch(path, { headers: asAdmin }), 400);
    expect(problem.code).toBe('INVALID_INPUT');
    expect(problem.errors).toEqual([{ field: 'path', detail: expect.stringMatching(/expected UTF-8/) }]);
  });

  test.for(['/api', '/api/nope', '/nope', '/api/stats/more', '/metric'])('%s is 404', async (path) => {
    expect((await expectProblem(await api.fetch(path), 404)).detail).toContain(path);
  });

  const rows: [string, string, string][] = [
    ['DELETE', '/api/stats', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/search', 'POST, OPTIONS'],
    ['POST', '/api/files', 'GET, HEAD, OPTIONS'],
    ['PUT', '/api/files/01a2043a-370e-7711-a5ab-eb743a826856', 'GET, HEAD, DELETE, OPTIONS'],
    ['GET', '/api/upload', 'POST, OPTIONS'],
    ['PATCH', '/api/cache/stats', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/cache/invalidate', 'POST, OPTIONS'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
  ];
  test.for(rows)('%s %s is 405 and lists the allowed methods', async ([method, path, allow]) => {
    const response = await api.fetch(path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect((await expectProblem(response, 405)).detail).toContain(method);
  });

  test('OPTIONS lists the allowed methods', async () => {
    const response = await api.fetch('/api/files', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  test('a path that cannot be decoded is 400', async () => {
    await expectProblem(await api.fetch('/api/files/%E0%A4'), 400);
  });
});

describe('an unknown file is 404', () => {
  test.for(['01a2043a-370e-7711-a5ab-eb743a826856', 'nope', '..%2f..%2fetc', "1'--", '%00'])('%s', async (id) => {
    await expectProblem(await api.fetch(`/api/files/${id}`), 404);
    await expectProblem(await api.fetch(`/api/files/${id}`, { method: 'DELETE' }), 404);
  });
});

test('a change sent by a page of another site is refused, even with credentials', async () => {
  const crossSite = { 'sec-fetch-site': 'cross-site' };
  expect((await expectProblem(await api.postJson('/api/search', {}, crossSite), 403)).code).toBe('CROSS_SITE');
  await expectProblem(await api.postJson('/api/cache/invalidate', { prefix: '*' }, { ...asAdmin, ...crossSite }), 403);
  await expectProblem(await api.postJson('/admin/queues/api/queues/pause', {}, { ...asAdmin, ...crossSite }), 403);
  await expectProblem(await api.postJson('/api/search', {}, { origin: 'http://elsewhere.example' }), 403);
  expect((await api.postJson('/api/search', {}, { origin: api.url })).status).toBe(200);
  expect((await api.postJson('/api/search', {}, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
});

test('many requests with invalid cursors do not cause refusals of other requests', async () => {
  for (let i = 0; i < 15; i++) await expectProblem(await api.fetch(`/api/files?cursor=made-up-${i}`), 400);
  expect((await api.fetch('/api/stats?service=after-nonsense')).status).toBe(200);
});

test('given a query that cannot be parsed, the problem has the position', async () => {
  const problem = await expectProblem(await api.postJson('/api/search', { q: 'disk (full' }), 400);
  expect(problem.errors).toEqual([
    { field: 'q', position: 5, detail: 'expected a ")" that closes the "(", got "(full" at position 5' },
  ]);
});
