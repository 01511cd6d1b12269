import { filesQuerySchema, searchBodySchema, statsQuerySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { demoRequest } from './demo-requests.ts';

const NOW = Date.UTC(2026, 0, 31, 12, 34, 56);
const SCHEMAS = [statsQuerySchema, searchBodySchema, filesQuerySchema] as const;

test('every request of the demo is a valid input of its endpoint', () => {
  for (let n = 0; n < 300; n++) {
    const { path, body } = demoRequest(n, (n % 97) / 97, NOW);
    const query = Object.fromEntries(new URL(path, 'http://api').searchParams);
    expect(SCHEMAS[n % 3]?.safeParse(body ?? query).error).toBeUndefined();
  }
});

test('the endpoints take turns, and one of five stats begins at the present minute of yesterday', () => {
  const paths = Array.from({ length: 15 }, (_, n) => demoRequest(n, 0, NOW).path);
  expect(paths.slice(0, 3)).toEqual(['/api/stats', '/api/search', '/api/files']);
  expect(paths.filter((path) => path === '/api/stats?from=2026-01-30T12:34:00.000Z')).toHaveLength(1);
});

test('the second request of each endpoint repeats the first', () => {
  const requests = Array.from({ length: 6 }, (_, n) => demoRequest(n, 0.9, NOW));
  expect(requests.slice(3)).toEqual(requests.slice(0, 3));
  expect(demoRequest(6, 0.9, NOW)).not.toEqual(requests[0]);
});
