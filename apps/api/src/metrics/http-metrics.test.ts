import { expect, test } from 'vitest';
import type { AnsweredRequest } from '../http/answered.ts';
import { HttpMetrics } from './http-metrics.ts';

const answered = (more: Partial<AnsweredRequest>): AnsweredRequest => ({
  route: '/api/stats',
  method: 'GET',
  path: '/api/stats',
  status: 200,
  outcome: 'hit',
  tier: 'memory',
  durationMs: 0.2,
  bytes: 10,
  requestId: 'id',
  way: 'express',
  isCutOff: false,
  ...more,
});

test('requests are counted by route, status, outcome and tier', () => {
  const http = new HttpMetrics();
  for (const more of [{}, {}, { tier: 'redis' as const }, { status: 304 }, { outcome: 'miss' as const, tier: null }])
    http.observe(answered(more));
  const of = { route: '/api/stats', method: 'GET' };
  expect(http.points().requests).toEqual([
    { labels: { ...of, status: '200', outcome: 'hit', tier: 'memory' }, value: 2 },
    { labels: { ...of, status: '200', outcome: 'hit', tier: 'redis' }, value: 1 },
    { labels: { ...of, status: '304', outcome: 'hit', tier: 'memory' }, value: 1 },
    { labels: { ...of, status: '200', outcome: 'miss', tier: '' }, value: 1 },
  ]);
  expect(http.points().bytes).toEqual([{ labels: of, value: 50 }]);
  expect(http.points().duration).toMatchObject([
    { labels: { ...of, outcome: 'hit' }, value: { sum: expect.closeTo(0.0008) } },
    { labels: { ...of, outcome: 'miss' }, value: { sum: expect.closeTo(0.0002) } },
  ]);
});

test('a flood of unknown paths and methods adds two series', () => {
  const http = new HttpMetrics();
  for (let i = 0; i < 100; i++)
    for (const method of ['GET', `METHOD${i}`])
      http.observe(answered({ route: null, path: `/x${i}`, method, status: 404, outcome: null, tier: null }));
  expect(http.points().requests.map(({ labels, value }) => [labels['route'], labels['method'], value])).toEqual([
    ['(none)', 'GET', 100],
    ['(none)', '(other)', 100],
  ]);
});
