import { expect, test } from 'vitest';
import { faultsOf, type Seen } from './faults.ts';

const AT = Date.parse('2026-03-01T10:00:00.000Z');
const ago = (s: number): string => new Date(AT - s * 1_000).toISOString();
const dependency = { ok: true, latency_ms: 1, since: ago(3_600) };
const loads = { running: 0, waiting: 0, abandoned: 0 };

const health: Seen['health'] = {
  status: 'ready',
  degraded: false,
  log_store: 'postgres',
  dependencies: {
    postgres: { ...dependency, breaker: 'closed', breaker_since: ago(3_600), loads },
    redis_cache: dependency,
    redis_queue: dependency,
    workers: { ok: true, oldest_wait_ms: 0, since: ago(3_600) },
    invalidation_log: { current: true },
  },
};
const worker = {
  id: 'w',
  kind: 'worker',
  host: 'a-host',
  pid: 7,
  version: '1.0.0',
  log: { state: 'current', since: ago(3_600), epoch: 1, applied: 9, lag: 0, trusted: true },
  origins: { default: { permits: 16, ...loads, breaker: 'closed', breaker_since: ago(3_600) } },
  started_at: ago(3_600),
  seen_at: ago(1),
  silent: false,
} as const;
const queue = { waiting: 0, active: 0, delayed: 0, failed: 0, oldest_at: null };
const queues: Seen['queues'] = {
  outbox: { oldest_at: null },
  queues: { ingest: queue, invalidation: queue, warming: queue, maintenance: queue },
  quarantine: [],
  failed_files: [],
};
const fine: Seen = { at: AT, health, endpoints: {}, processes: [worker], queues, findings: [] };

const kindsOf = (change: Partial<Seen>): string[] => faultsOf({ ...fine, ...change }).map(({ kind }) => kind);
const withDependencies = (change: Partial<Seen['health']['dependencies']>): Partial<Seen> => ({
  health: { ...health, dependencies: { ...health.dependencies, ...change } },
});

test('nothing is wrong with a service that works, nor with one whose queue server and register are unknown', () => {
  expect(kindsOf({})).toEqual([]);
  expect(kindsOf({ processes: null, queues: null })).toEqual([]);
});

test('a server is unavailable since the api saw it so, with its reason', () => {
  const redis_cache = { ok: false, latency_ms: null, reason: 'no answer', since: ago(60) };
  expect(faultsOf({ ...fine, ...withDependencies({ redis_cache }) })).toEqual([
    {
      kind: 'cacheServer',
      severity: 'warn',
      what: 'The cache server is unavailable (no answer)',
      since: AT - 60_000,
    },
  ]);
});

test('a silent worker is named since its last report, and without another one no worker runs', () => {
  const silent = { ...worker, id: 'dead', pid: 8, silent: true, seen_at: ago(30) };
  const [only, ...others] = faultsOf({ ...fine, processes: [worker, silent] });
  expect(only).toMatchObject({ kind: 'silentProcess', what: 'The worker 8 on a-host is silent', since: AT - 30_000 });
  expect(others).toEqual([]);
  expect(kindsOf({ processes: [silent] })).toEqual(['noWorker', 'silentProcess']);
});

test('the worst faults come first', () => {
  const down = { ok: false, latency_ms: null, since: ago(1) };
  const change = withDependencies({ redis_cache: down, redis_queue: down });
  expect(kindsOf({ ...change, processes: null, queues: null })).toEqual(['queueServer', 'cacheServer']);
});

test('loads of one origin are counted over all processes', () => {
  const open = { permits: 16, ...loads, waiting: 40, breaker: 'open', breaker_since: ago(20) } as const;
  const faults = faultsOf({ ...fine, processes: [worker, { ...worker, id: 'v', origins: { default: open } }] });
  expect(faults.map(({ what, since }) => [what, since])).toEqual([
    ['The circuit breaker of Postgres is open in 1 of 2 processes', AT - 20_000],
    ['40 loads wait for a permit of Postgres', null],
  ]);
});

test.each([
  ['ingest', 61, ['ingestBehind']],
  ['ingest', 59, []],
  ['invalidation', 11, ['invalidationsBehind']],
  ['warming', 301, ['backgroundBehind']],
] as const)('a job of the queue %s that waits for %i s gives %j', (name, s, kinds) => {
  const late = { ...queue, waiting: 1, oldest_at: ago(s) };
  expect(kindsOf({ queues: { ...queues, queues: { ...queues.queues, [name]: late } as never } })).toEqual(kinds);
});

test('quarantined jobs, waiting events, stale and unverified answers are faults', () => {
  const failed = { ...queues, queues: { ...queues.queues, warming: { ...queue, failed: 2 } } as never };
  expect(kindsOf({ queues: failed })).toEqual(['quarantine']);
  expect(kindsOf({ queues: { ...queues, outbox: { oldest_at: ago(31) } } })).toEqual(['outbox']);
  const counts = { freshness: { lost_invalidations: 1, unexplained: 0 }, windows: { '1m': { unverified: 3 } } };
  expect(kindsOf({ endpoints: { stats: counts } as never })).toEqual(['staleAnswers', 'unverified']);
});
