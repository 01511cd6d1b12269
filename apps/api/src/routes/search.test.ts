import type { SearchAnswer } from '@pilotlight/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.uploadIndexed(
    [
      { time: '2026-03-01T10:00:00Z', level: 'info', service: 'cart', msg: 'added lamp', host: 'web-1.example' },
      { time: '2026-03-01T10:00:01Z', level: 'error', service: 'pay', msg: 'card declined at Café', path: '/pay/7' },
      { time: '2026-03-01T10:00:02Z', level: 'warn', service: 'pay', msg: '支払い拒否', http: { retries: 3 } },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
});
afterAll(() => api.stop());

async function ask(body: object): Promise<SearchAnswer> {
  const response = await api.postJson('/api/search', { sort: 'oldest', ...body });
  expect(response.status).toBe(200);
  return (await response.json()) as SearchAnswer;
}

test.for([
  ['decl*', [2]],
  ['level:error OR level:warn', [2, 3]],
  ['service:pay NOT path:/pay/*', [3]],
  ['host:web-1.example', [1]],
  ['web-1', [1]],
  ['http.retries:3', [3]],
  ['cafe', [2]],
  ['払い', [3]],
  ['(lamp OR card) AND -declined', [1]],
] as const)('%s finds the lines %j', async ([q, lines]) => {
  expect((await ask({ q })).results.map(({ line }) => line)).toEqual(lines);
});

test('given context, a hit has its highlights and the lines around it, and both are cached', async () => {
  const body = { q: '"card declined" OR cafe', context: 1 };
  const { results } = await ask(body);
  expect(results).toMatchObject([
    {
      line: 2,
      highlight: [
        [0, 13],
        [17, 21],
      ],
      context: { before: [{ line: 1, message: 'added lamp' }], after: [{ line: 3, level: 'WARN' }] },
    },
  ]);
  const again = await api.postJson('/api/search', { sort: 'oldest', ...body });
  expect(again.headers.get('cache-status')).toContain('hit');
  expect(((await again.json()) as SearchAnswer).results).toEqual(results);
});
