import { describe, expect, test } from 'vitest';
import { answerOf, createClient } from './create-client.ts';
import { ApiProblem, ApiUnreachable } from './errors.ts';
import { readEvents } from './read-events.ts';
import { uploadFile } from './upload-file.ts';

const FILE = { success: true, file: { id: 'f' } };
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  Response.json(
    { type: 'about:blank', title: 't', status, code, detail: `the detail of ${code}` },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  );
const BUSY = () => problem(503, 'ORIGIN_BUSY', { 'retry-after': '3600' });

/** Returns a client that gets these answers in turn, and the requests that it sent. */
function clientOf(
  answers: readonly (() => Response | Error)[],
  token?: string,
  maxRetryAfterMs = 5,
  url = 'http://api.test',
) {
  const sent: { method: string; path: string; authorization: string | null; body: string }[] = [];
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const answer = answers[Math.min(sent.length, answers.length - 1)]?.();
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const authorization = headers.get('authorization');
    sent.push({ method, path: `${pathname}${search}`, authorization, body: await request.text() });
    if (answer instanceof Error) throw answer;
    return answer ?? Response.error();
  };
  const client = createClient({ url, token, fetch: send, maxRetryAfterMs });
  return { client, sent };
}
const getFile = (client: ReturnType<typeof clientOf>['client']) =>
  answerOf(client.GET('/api/files/{id}', { params: { path: { id: 'a/b' } } }));

test('a call has typed data, the token, and encoded parameters', async () => {
  const { client, sent } = clientOf([() => Response.json(FILE)], 'secret');
  const { data, outcome } = await getFile(client);
  expect({ id: data.file.id, outcome }).toEqual({ id: 'f', outcome: null });
  expect(sent).toEqual([{ method: 'GET', path: '/api/files/a%2Fb', authorization: 'Bearer secret', body: '' }]);
});

test('a list in the query is one parameter per item', async () => {
  const { client, sent } = clientOf([() => Response.json({ success: true })]);
  await answerOf(client.GET('/api/stats', { params: { query: { level: ['ERROR', 'WARN'], service: 'a b' } } }));
  expect(sent[0]?.path).toBe('/api/stats?level=ERROR&level=WARN&service=a%20b');
});

describe('a request without an effect', () => {
  test.for([429, 503])('is repeated after %i, and waits at most as long as allowed', async (status) => {
    const busy = () => problem(status, 'ORIGIN_BUSY', { 'retry-after': '3600' });
    const { client, sent } = clientOf([busy, busy, () => Response.json(FILE)]);
    expect((await getFile(client)).data.file.id).toBe('f');
    expect(sent).toHaveLength(3);
  });

  test('is repeated no earlier than `Retry-After` says', async () => {
    const soon = () => problem(503, 'ORIGIN_BUSY', { 'retry-after': '1' });
    const { client } = clientOf([soon, () => Response.json(FILE)], undefined, 60_000);
    const beganAt = performance.now();
    await getFile(client);
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(999);
  });

  test('is repeated after a network error', async () => {
    const { client, sent } = clientOf([() => new TypeError('fetch failed'), () => Response.json(FILE)]);
    await getFile(client);
    expect(sent).toHaveLength(2);
  });

  test('is a search too, which sends its body again', async () => {
    const { client, sent } = clientOf([BUSY, () => Response.json({ success: true })]);
    await answerOf(client.POST('/api/search', { body: { q: 'error' } }));
    expect(sent.map(({ body }) => body)).toEqual(['{"q":"error"}', '{"q":"error"}']);
  });

  test('is repeated three times and then fails with the problem', async () => {
    const { client, sent } = clientOf([BUSY]);
    const error = await getFile(client).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ status: 503, code: 'ORIGIN_BUSY', retryAfterS: 3600 });
    expect(sent).toHaveLength(4);
  });
});

test.for(['http://api.test/base', 'http://api.test/base/'])('all requests of %s are below its path', async (url) => {
  const { client, sent } = clientOf([BUSY, () => Response.json(FILE)], undefined, 5, url);
  await answerOf(client.POST('/api/search', { body: { q: 'error' } }));
  await getFile(client);
  await uploadFile(client, new File(['a line'], 'app.log'));
  for await (const _ of readEvents(client, '/api/search/events?q=a', AbortSignal.timeout(10_000)));
  const paths = ['search', 'search', 'files/a%2Fb', 'upload', 'search/events?q=a'];
  expect(sent.map(({ path }) => path)).toEqual(paths.map((path) => `/base/api/${path}`));
});

test('a request with an effect is sent once', async () => {
  const { client, sent } = clientOf([BUSY]);
  const call = answerOf(client.POST('/api/cache/invalidate', { body: { prefix: 'stats' } }));
  await expect(call).rejects.toBeInstanceOf(ApiProblem);
  expect(sent).toHaveLength(1);
});

test('an error of the request is not repeated, and has its problem', async () => {
  const { client, sent } = clientOf([() => problem(401, 'UNAUTHORIZED', { 'x-request-id': 'r-1' })]);
  const error = await getFile(client).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 401, code: 'UNAUTHORIZED', requestId: 'r-1', retryAfterS: null });
  expect(String(error)).toContain('the detail of UNAUTHORIZED');
  expect(sent).toHaveLength(1);
});

test('an error of something else than the api has no problem', async () => {
  const { client } = clientOf([() => new Response('<html>', { status: 404 })]);
  await expect(getFile(client)).rejects.toMatchObject({ status: 404, problem: null, code: null });
});

test('an address where nothing listens is unreachable, with the reason', async () => {
  const client = createClient({ url: 'http://127.0.0.1:1', retries: 0 });
  const error = await getFile(client).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiUnreachable);
  expect(String(error)).toMatch(/no answer from http:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED|bad port)/);
});
