import { expect, test } from 'vitest';
import { auditText, countsIn, outcomesOf, type SpanCounts } from './endpoint-text.ts';

const counts = (more: Partial<SpanCounts> = {}): SpanCounts => ({
  ...{ hits: 0, stale: 0, misses: 0, bypasses: 0, failures: 0, collapsed: 0, unverified: 0 },
  ...{ hit_rate_percent: 0, latency_ms: { hit: null, miss: null }, load_ms_saved: 0, bytes_served: 0 },
  ...more,
});
const audits = { audited: 9, agreed: 7, mismatches: 2, time_outdated: 1, lost_invalidations: 0, unexplained: 1 };

test('outcomes fill the bar, and a read past the cache is not in the share', () => {
  const { reads, share, parts, others } = outcomesOf(
    counts({ hits: 6, stale: 1, misses: 1, bypasses: 2, collapsed: 3 }),
  );
  expect({ reads, share }).toEqual({ reads: 10, share: 87.5 });
  expect(parts.map(({ name, from, width }) => [name, from, width])).toEqual([
    ['hits', 0, 0.6],
    ['stale', expect.closeTo(0.6), 0.1],
    ['misses', expect.closeTo(0.7), 0.1],
    ['past the cache', expect.closeTo(0.8), 0.2],
  ]);
  expect(others).toEqual([{ name: 'waited for the load of another', n: 3 }]);
});

test('without reads there is no share and no part', () => {
  expect(outcomesOf(counts())).toEqual({ reads: 0, share: null, parts: [], others: [] });
});

test('a span whose counts are missing is null', () => {
  expect(countsIn(counts({ hits: 1 }), 'all')).toMatchObject({ hits: 1 });
  expect(countsIn(counts(), '15m')).toBe(null);
});

test('audits name how many differed, and why', () => {
  const freshness = { ...audits, inconclusive: 0, mismatch_percent: 22, staleness_ms: null };
  expect(auditText({ freshness })).toBe('2 of 9 differed: 1 by a part that only time changes, 1 unexplained');
  expect(auditText({ freshness: { ...freshness, mismatches: 0 } })).toBe('9, none was stale');
  expect(auditText({})).toBe('none yet');
});
