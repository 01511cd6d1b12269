import type { ReadOutcome } from '@pilotlight/client';
import { expect, test } from 'vitest';
import { servedText } from './served-text.ts';

const HIT: ReadOutcome = {
  outcome: 'hit',
  tier: 'memory',
  ttlS: 40,
  ageS: 12,
  stored: false,
  collapsed: false,
  verified: true,
};

test('a hit says its tier and when its answer was computed', () => {
  expect(servedText(HIT)).toBe('from memory, computed 12 s ago');
});

test('a miss says whether another read loaded its answer', () => {
  const miss: ReadOutcome = { ...HIT, outcome: 'miss', tier: null, ttlS: null, collapsed: true };
  expect(servedText(miss)).toBe('by the load of another read');
});

test('an unverified stale answer says both', () => {
  const stale: ReadOutcome = { ...HIT, outcome: 'stale', tier: null, verified: false };
  expect(servedText(stale)).toBe('computed 12 s ago, unverified');
});

test('an answer of a route that is not cached says nothing', () => {
  expect(servedText(null)).toBe('');
});
