import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import type { Outcome, Reason } from '../model/outcome.ts';
import { BoundedAttributes } from './attributes.ts';
import { ReadCounts } from './read-counts.ts';

const OUTCOMES: Outcome['outcome'][] = ['hit', 'stale', 'miss', 'bypass'];
const TIERS: Outcome['tier'][] = ['memory', 'redis', null];
const REASONS: (Reason | null)[] = [
  ...(['early-refresh', 'revalidating', 'backing-off', 'load-failed', 'load-slow'] as const),
  ...(['absent', 'outdated', 'expired', null] as const),
];
const rest = { collapsed: false, ageMs: 0, ttlMs: 0, asOf: 0, stored: false, loadMs: 0 };
const all = OUTCOMES.flatMap((outcome) =>
  TIERS.flatMap((tier) =>
    REASONS.flatMap((reason) => [true, false].map((verified) => ({ ...rest, outcome, tier, reason, verified }))),
  ),
);
const read = (prefix: string | null, outcome: Outcome) => ({
  cache: 'main',
  key: parseKey('a:1'),
  prefix,
  outcome,
  durationMs: null,
  awaited: false,
});

test('outcomes share a count exactly if all their labels are equal', () => {
  const counts = new ReadCounts(new BoundedAttributes());
  for (const prefix of ['stats', 'files', null])
    for (const outcome of all) for (let i = 0; i < 2; i++) counts.count(read(prefix, { ...outcome, ageMs: i }));
  const counted = [...counts.all()];
  expect(counted).toHaveLength(3 * all.length);
  expect(counted.every(({ reads }) => reads === 2)).toBe(true);
  expect(new Set(counted.map(({ attributes }) => JSON.stringify(attributes))).size).toBe(3 * all.length);
});
