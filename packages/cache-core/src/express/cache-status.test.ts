import { parseList } from 'structured-headers';
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
const missed = { outcome: 'miss', tier: null, reason: 'absent' } as const;
const stale = { outcome: 'stale', ttlMs: -1 } as const;

/** Parses a `Cache-Status` as a client does. Returns the parameters of its one member. */
function parsed(header: string): Record<string, unknown> {
  const [member, ...others] = parseList(header);
  expect(others).toEqual([]);
  const [name, parameters] = member ?? [];
  expect(String(name)).toBe('pilotlight');
  return Object.fromEntries(
    [...(parameters ?? [])].map(([key, value]) => [key, typeof value === 'object' ? String(value) : value]),
  );
}

test.each<[Partial<Outcome>, { status?: number; key?: string }, string]>([
  [{}, {}, 'pilotlight; hit; ttl=42; detail=memory'],
  [{ tier: 'redis', collapsed: true }, {}, 'pilotlight; hit; ttl=42; collapsed; detail=redis'],
  [{ verified: false }, {}, 'pilotlight; hit; ttl=42; detail=unverified'],
  [{ ...stale, reason: 'revalidating' }, {}, 'pilotlight; hit; ttl=-1; detail=memory'],
  [{ ...stale, reason: 'load-failed' }, {}, 'pilotlight; fwd=stale; fwd-status=500; ttl=-1; detail=memory'],
  [{ ...stale, reason: 'load-slow' }, {}, 'pilotlight; fwd=stale; fwd-status=504; ttl=-1; detail=memory'],
  [{ ...missed, stored: true }, {}, 'pilotlight; fwd=miss; stored'],
  [{ ...missed, stored: true, collapsed: true }, {}, 'pilotlight; fwd=miss; stored; collapsed'],
  [{ ...missed, verified: false }, {}, 'pilotlight; fwd=miss; detail=unverified'],
  [{ ...missed, reason: 'outdated' }, {}, 'pilotlight; fwd=miss'],
  [{ ...missed, reason: 'expired', stored: true }, {}, 'pilotlight; fwd=stale; stored'],
  [{ ...missed, reason: 'expired', revalidated: true }, {}, 'pilotlight; fwd=stale; fwd-status=304'],
  [{ ...missed, reason: 'behind' }, {}, 'pilotlight; fwd=request'],
  [{ ...missed }, { status: 304 }, 'pilotlight; fwd=miss; fwd-status=200'],
  [{ outcome: 'bypass', tier: null }, {}, 'pilotlight; fwd=bypass'],
  [{}, { key: 'stats:get_stats:5d' }, 'pilotlight; hit; ttl=42; key="stats:get_stats:5d"; detail=memory'],
])('%j with %j reads %s, which a structured-fields library parses', (outcome, options, header) => {
  const text = cacheStatus({ ...base, ...outcome }, options.status, options.key);
  expect(text).toBe(header);
  const parts = header
    .split('; ')
    .slice(1)
    .map((part) => part.split('=')[0]);
  expect(Object.keys(parsed(text))).toEqual(parts);
});

test('the parameters have the types of RFC 9211', () => {
  const failed: Outcome = { ...base, ...stale, reason: 'load-failed', collapsed: true };
  expect(parsed(cacheStatus(failed, 200, 'a:b'))).toEqual({
    fwd: 'stale',
    'fwd-status': 500,
    ttl: -1,
    collapsed: true,
    key: 'a:b',
    detail: 'memory',
  });
  expect(parsed(cacheStatus({ ...base, ...missed, stored: true }))).toEqual({ fwd: 'miss', stored: true });
});

test.each([
  ['cart:say "hi"\\', 'cart:say "hi"\\'],
  ['cart:ünï', 'cart:%C3%BCn%C3%AF'],
  ['cart:\ud800', 'cart:%EF%BF%BD'],
])('the key %j is sent as the text %j', (key, text) => {
  expect(parsed(cacheStatus(base, 200, key))).toMatchObject({ key: text });
});
