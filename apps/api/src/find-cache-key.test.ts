import { cacheKeyBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { InvalidInput } from './errors.ts';
import { findCacheKey } from './find-cache-key.ts';

const find = (body: object) => findCacheKey(cacheKeyBodySchema.parse(body));

test('requests with one meaning have one key', () => {
  const one = find({ target: '/api/stats?level=INFO&level=ERROR' });
  expect(find({ target: '/api/stats?cache=false&level=ERROR&level=INFO' })).toEqual(one);
  expect(one.params).toEqual({ level: ['ERROR', 'INFO'] });
  const body = { q: 'a' };
  const search = find({ method: 'POST', target: '/api/search', body });
  expect(find({ method: 'POST', target: '/api/search', body: { ...body, page: 1 } })).toEqual(search);
});

test('a question mark in a value is part of the value', () => {
  expect(find({ target: '/api/stats?service=a?b' }).params).toEqual({ service: 'a?b' });
});

test.for([
  [
    { target: '/api/upload' },
    'target: expected a request to one of GET /api/stats, POST /api/search, GET /api/files, got GET "/api/upload"',
  ],
  [
    { target: '/api/search' },
    'target: expected a request to one of GET /api/stats, POST /api/search, GET /api/files, got GET "/api/search"',
  ],
  [{ target: '/api/stats?levle=INFO' }, 'levle: expected one of'],
  [{ target: '/api/stats?service=%FF' }, 'service: expected UTF-8 in percent-encoding'],
  [{ target: '/api/search', method: 'POST', body: { page: 0 } }, 'page: expected'],
  [{ target: '/api/search?q=a', method: 'POST' }, 'q: expected no fields'],
  [{ target: '/api/search', method: 'POST', body: 'a' }, 'body: expected an object'],
] as const)('%j is refused as its route would', ([body, detail]) => {
  expect(() => find(body)).toThrow(InvalidInput);
  expect(() => find(body)).toThrow(detail);
});
