import { expect, test } from 'vitest';
import type { Outcome } from '../model/outcome.ts';
import { cacheStatus } from './cache-status.ts';

const base: Outcome = {
  outcome: 'hit',
  tier: 'memory',
  collapsed: false,
  reason: null,
  asOf: 0,
  ageMs: 0,
  ttlMs: 42_900,
  verified: true,
  stored: false,
  loadMs: 5,
};

test.each<[Partial<Outcome>, string]>([
  [{}, 'pilotlight; hit; ttl=42; detail=memory'],
  [{ tier: 'redis', collapsed: true }, 'pilotlight; hit; ttl=42; collapsed; detail=redis'],
  [{ verified: false }, 'pilotlight; hit; ttl=42; detail=unverified'],
  [{ outcome: 'stale', ttlMs: -1 }, 'pilotlight; hit; ttl=-1; detail=memory'],
  [{ outcome: 'miss', tier: null, stored: true }, 'pilotlight; fwd=miss; stored'],
  [{ outcome: 'miss', tier: null, stored: true, collapsed: true }, 'pilotlight; fwd=miss; stored; collapsed'],
  [{ outcome: 'miss', tier: null, verified: false }, 'pilotlight; fwd=miss; detail=unverified'],
  [{ outcome: 'bypass', tier: null }, 'pilotlight; fwd=bypass'],
])('%j reads %s', (outcome, header) => {
  expect(cacheStatus({ ...base, ...outcome })).toBe(header);
});
