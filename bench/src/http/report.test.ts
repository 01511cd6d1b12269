import { expect, test } from 'vitest';
import type { LoadSample } from './load/wrk.ts';
import { EXPRESS_PEERS } from './others.ts';
import { type HitSamples, hitRows, leastSpare, type SubjectName } from './report.ts';

const sample = (perSecond: number, p99Ms = 1, busy = 0.5): LoadSample => ({
  requests: perSecond,
  perSecond,
  p50Ms: 1,
  p99Ms,
  refused: 0,
  generator: { busy, waiting: 0 },
  server: null,
});

const OTHERS = [
  '304',
  'HEAD',
  'POST hit',
  'Redis hit',
  'miss',
  'bypass',
  'bare 304',
  'bare HEAD',
  'bare POST',
] as const;

/** Returns equal samples of every subject, except for the given ones. */
function samplesWith(given: Partial<Record<SubjectName, LoadSample>>): HitSamples {
  const names: SubjectName[] = ['hit', 'bare', 'nginx', 'varnish', ...OTHERS, ...EXPRESS_PEERS];
  return new Map(names.map((name) => [name, [given[name] ?? sample(100)]]));
}

const rowsOf = (samples: HitSamples, connections = 32, missing = new Map<SubjectName, string>()) =>
  hitRows({ size: '3 kB', connections }, samples, missing);

test('a hit is held to its goal against each other server', () => {
  const goals = rowsOf(samplesWith({})).filter(({ id }) => id.startsWith('hit,'));
  expect(goals.map(({ against, goal }) => [against.split(' ')[1], goal])).toEqual([
    ['bare', 0.9],
    ['proxy_cache', 0.95],
    [undefined, 1.2],
    ['res.json,', null],
    ...Array.from({ length: EXPRESS_PEERS.length - 1 }, () => ['behind', 3]),
  ]);
});

test('three times every Express peer is three times the best', () => {
  const rows = rowsOf(samplesWith({ hit: sample(300), apicache: sample(101) }));
  const missed = rows.filter(({ against, holds }) => against.endsWith('behind Express') && !holds);
  expect(missed.map(({ against }) => against)).toEqual(['apicache behind Express']);
});

test('a proxy that could not be installed is a missed goal with its reason', () => {
  const why = 'installing needs root';
  const rows = rowsOf(samplesWith({}), 32, new Map([['nginx', why]]));
  expect(rows.filter(({ id }) => id.includes('not measured'))).toEqual([
    expect.objectContaining({
      id: 'hit, 3 kB, 32 connections against nginx proxy_cache: not measured',
      against: why,
      holds: false,
    }),
  ]);
});

test.each([
  [1.5, true],
  [1.6, false],
])('with 256 connections, a p99 of %f × the bare one holds: %s', (p99, holds) => {
  const samples = samplesWith({ hit: sample(100, p99), bare: sample(100, 1) });
  expect(rowsOf(samples, 256).at(-1)).toMatchObject({ id: 'hit p99, 3 kB, 256 connections', holds });
  expect(rowsOf(samples, 32).some(({ id }) => id.includes('p99'))).toBe(false);
});

test('a busy machine changes the ratio by processor time less', () => {
  const busy = (perSecond: number, share: number) => ({
    ...sample(perSecond),
    server: { busy: share, waiting: 1 - share },
  });
  const [row] = rowsOf(samplesWith({ hit: busy(45, 0.5), bare: busy(100, 1) }));
  expect(row).toMatchObject({ ratio: 0.45, ratioByCpu: 0.9, holds: false });
});

test('a row shows the generator in its busiest sample', () => {
  expect(leastSpare([sample(1, 1, 0.2), sample(1, 1, 0.7)])).toEqual({ idle: expect.closeTo(0.3), waiting: 0 });
  expect(leastSpare([{ ...sample(1), generator: null }])).toBeNull();
});
