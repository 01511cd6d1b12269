import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';

const seen = (status: string, more: Record<string, string> = {}) =>
  outcomeOf(new Headers({ 'cache-status': status, ...more }));

test.for([
  ['pilotlight; hit; ttl=42; detail=memory', { outcome: 'hit', tier: 'memory', ttlS: 42, verified: true }],
  ['pilotlight; hit; ttl=-3; detail=redis', { outcome: 'stale', tier: 'redis', ttlS: -3 }],
  ['pilotlight; fwd=stale; fwd-status=500; ttl=-9; detail=memory', { outcome: 'stale', tier: 'memory' }],
  ['pilotlight; fwd=stale; stored', { outcome: 'miss', tier: null, stored: true }],
  ['pilotlight; fwd=miss; stored; collapsed', { outcome: 'miss', stored: true, collapsed: true }],
  ['pilotlight; fwd=request; stored; key="a:b"', { outcome: 'miss', ttlS: null }],
  ['pilotlight; fwd=bypass', { outcome: 'bypass', stored: false }],
  ['pilotlight; hit; ttl=1; detail=unverified', { outcome: 'hit', tier: null, verified: false }],
  ['pilotlight; hit; ttl=5; detail=memory, "a proxy"; fwd=miss', { outcome: 'hit', tier: 'memory' }],
] as const)('the header %s is the outcome %o', ([header, outcome]) => {
  expect(seen(header)).toMatchObject(outcome);
});

test('the age comes from its header', () => {
  expect(seen('pilotlight; hit; ttl=42; detail=memory', { age: '18' })?.ageS).toBe(18);
  expect(seen('pilotlight; hit; ttl=42; detail=memory')?.ageS).toBeNull();
});

test('an answer without the header, or only with that of another cache, has no outcome', () => {
  expect(outcomeOf(new Headers())).toBeNull();
  expect(seen('"a proxy"; hit')).toBeNull();
});
