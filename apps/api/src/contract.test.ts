import { CacheManager, singleProcess } from '@pilotlight/cache-core';
import { everyRoute } from '@pilotlight/contracts/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { addFiles, Contract, LESSER_TOKEN, startContractApi } from './testing/contract/contract-api.ts';
import { refusals } from './testing/contract/refusals.ts';
import type { Known } from './testing/contract/requests.ts';
import type { TestApi } from './testing/test-api.ts';

const contract = new Contract();
let api: TestApi;
let known: Known;
beforeAll(async () => {
  api = await startContractApi();
  known = await addFiles(api);
});
afterAll(() => api.stop());

describe('each answer is as described', () => {
  test('to a request that a route refuses for its credentials, host, headers or body', async () => {
    for (const { sent, status } of refusals(known, LESSER_TOKEN)) await contract.expect(api, sent, status);
  });

  test('to methods that no route has', async () => {
    await contract.expectOtherMethods(api, known);
  });

  test('to a valid request for each route', async () => {
    await contract.expectValid(api, known);
  });
});

/** Returns the paths and methods that Express routes, and the number of pages that it mounts. */
function registered(): { routes: string[]; pages: number } {
  const { stack } = createApp({ ...api.api.deps, cache: new CacheManager({ ports: singleProcess() }) })
    .router as unknown as {
    stack: { slash: boolean; route?: { path: string; methods: Record<string, boolean> } }[];
  };
  const routes = stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => `${method.toUpperCase()} ${route?.path}`),
  );
  return { routes, pages: stack.filter(({ slash, route }) => !slash && route === undefined).length };
}

test('Express has exactly the routes of the table', () => {
  const table = everyRoute();
  const { routes, pages } = registered();
  const isMethod = (route: string) => !route.startsWith('_');
  const rows = table.filter(({ mounted }) => !mounted).map(({ method, path }) => `${method} ${path}`);
  expect(routes.filter(isMethod).toSorted()).toEqual(rows.toSorted());
  expect(pages).toBeGreaterThan(0);
});

describe('the comparison finds', () => {
  const received = (headers: Record<string, string>, body: object, status = 200) => ({
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': 'a',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      ...headers,
    },
    body: Buffer.from(JSON.stringify(body)),
  });
  const live = { method: 'GET', target: '/healthz' };
  const compare = (headers: Record<string, string>, body: object, status?: number) =>
    new Contract().answers.compare(live, received(headers, body, status)).join('\n');

  test('no difference in a described answer', () => {
    expect(compare({}, { status: 'live' })).toBe('');
  });

  test('a header, a status, a member or a path that is not described', () => {
    expect(compare({ 'x-other': '1' }, { status: 'live' })).toMatch(/header x-other is not described/);
    expect(compare({}, { status: 'live' }, 418)).toMatch(/status is not described/);
    expect(compare({}, { status: 'live', other: 1 })).toMatch(/additional properties.*"other"/);
    expect(new Contract().answers.compare({ method: 'GET', target: '/nope' }, received({}, {}))).toHaveLength(1);
  });

  test('a header that is missing or has another value, and another value of a member', () => {
    expect(compare({ 'cache-control': 'public' }, { status: 'live' })).toMatch(/header cache-control/);
    expect(compare({}, { status: 'dead' })).toMatch(/body\/status/);
    const { 'x-request-id': _, ...headers } = received({}, {}).headers;
    const answer = { ...received({}, { status: 'live' }), headers };
    expect(new Contract().answers.compare(live, answer)).toEqual([expect.stringMatching(/X-Request-Id is missing/)]);
  });
});
