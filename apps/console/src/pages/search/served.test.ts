import { outcomeOf } from '@pilotlight/client';
import { expect, test } from 'vitest';
import { servedOf } from './served.ts';

function served(cacheStatus: string | null, more: Record<string, string> = {}) {
  const headers = new Headers(more);
  if (cacheStatus !== null) headers.set('cache-status', cacheStatus);
  return servedOf(headers, outcomeOf(headers), 3, 100_000);
}

test.for([
  ['pilotlight; hit; ttl=56; detail=memory', 'hit'],
  ['pilotlight; hit; ttl=-3; detail=redis', 'stale'],
  ['pilotlight; fwd=stale; ttl=-3', 'stale'],
  ['pilotlight; fwd=stale; stored', 'refreshed'],
  ['pilotlight; fwd=miss; stored', 'miss'],
  ['pilotlight; fwd=bypass', 'bypass'],
  [null, 'unknown'],
] as const)('%s is shown as %s', ([header, kind]) => {
  expect(served(header).kind).toBe(kind);
});

test('Age gives the instant of the load, and Server-Timing the parts of the read', () => {
  const answer = served('pilotlight; hit; ttl=56; detail=memory', {
    age: '12',
    'server-timing': 'lookup;dur=2.9, load;dur=19.3',
  });
  expect(answer).toMatchObject({
    tookMs: 3,
    computedAt: 88_000,
    hops: [
      { name: 'lookup', ms: 2.9 },
      { name: 'load', ms: 19.3 },
    ],
  });
  expect(served(null)).toMatchObject({ computedAt: null, hops: [], cacheStatus: null });
});
