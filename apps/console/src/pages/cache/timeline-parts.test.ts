import { expect, test } from 'vitest';
import { positionsOf, spokenTimeline, timelineOf } from './timeline-parts.ts';
import type { TierEntry } from './types.ts';

const T = Date.parse('2026-03-01T10:00:00.000Z');
const at = (s: number) => new Date(T + s * 1_000).toISOString();
const entry = (more: Partial<TierEntry> = {}): TierEntry => ({
  state: 'fresh',
  servable: true,
  why: 'fresh',
  as_of: { epoch: 1, position: 3 },
  loaded_at: at(0),
  fresh_until: at(60),
  revalidate_until: at(120),
  stale_until: at(120),
  age_ms: 0,
  load_ms: 5,
  bytes: 10,
  codings: {},
  etag: '"a"',
  tags: [],
  scope: null,
  hit_by: [],
  ...more,
});

test('one entry in both tiers has one set of marks, in order of time', () => {
  const timeline = timelineOf(
    { memory: entry(), redis: { ...entry(), expires_in_ms: 1 }, redis_problem: null },
    [],
    T + 30_000,
  );
  expect(timeline?.marks.map(({ kind }) => kind)).toEqual(['loaded', 'now', 'fresh', 'stale']);
  expect(timeline?.lanes.map(({ name, spans }) => [name, spans.map(({ state }) => state)])).toEqual([
    ['Memory', ['fresh', 'stale']],
    ['Redis', ['fresh', 'stale']],
  ]);
});

test('an invalidated entry is not served, and its invalidation is on the axis if its time is known', () => {
  const memory = entry({ state: 'outdated', servable: false, why: 'invalidated by p:stats at position 9' });
  const hits = [
    { position: 9, at: T + 10_000 },
    { position: 8, at: null },
  ];
  const timeline = timelineOf({ memory, redis: null, redis_problem: null }, hits, T + 30_000);
  expect(timeline?.marks.map(({ kind }) => kind)).toEqual(['loaded', 'hit', 'now', 'fresh', 'stale']);
  expect(timeline?.lanes).toMatchObject([
    { note: 'invalidated by p:stats at position 9', spans: [{ state: 'ended' }, { state: 'ended' }] },
    { name: 'Redis', note: 'no entry', spans: [] },
  ]);
});

test('an unreachable Redis is named with its problem', () => {
  const timeline = timelineOf({ memory: entry(), redis: null, redis_problem: 'unknown: the shared tier' }, [], T);
  expect(timeline?.lanes[1]).toEqual({ name: 'Redis', note: 'unknown: the shared tier', spans: [] });
});

test('without an entry there is no time line', () => {
  expect(timelineOf({ memory: null, redis: null, redis_problem: null }, [], T)).toBe(null);
});

test('the sentence for screen readers names each instant and each tier', () => {
  const timeline = timelineOf({ memory: entry(), redis: null, redis_problem: null }, [], T + 30_000);
  expect(timeline && spokenTimeline(timeline, T + 30_000)).toMatch(
    /^loaded .*, 30 s ago; fresh until .*, in 30 s; stale until .*, in 1 min 30 s\. Memory: served\. Redis: no entry\.$/,
  );
});

test('the positions of a key are those of its entries and its last one, each once', () => {
  const hit = (position: number) => ({ mode: 'invalidate' as const, selector: 'p:stats', position });
  const memory = entry({ hit_by: [hit(4), hit(7)] });
  expect(positionsOf({ memory, redis: null, last_invalidation: hit(7) })).toEqual([4, 7]);
  expect(positionsOf({ memory: null, redis: null, last_invalidation: null })).toEqual([]);
});

test('an invalidation long before the load is not on the axis', () => {
  const hits = [{ position: 2, at: T - 3_600_000 }];
  const timeline = timelineOf({ memory: entry(), redis: null, redis_problem: null }, hits, T + 1_000);
  expect(timeline?.marks.map(({ kind }) => kind)).not.toContain('hit');
});
